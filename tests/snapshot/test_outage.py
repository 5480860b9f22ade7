def test_a(without_database):
    site = without_database
    import time

    for p in [
        "/de/bochum/",
        "/ar/bochum/",
        "/tr/bochum/",
        "/de/bochum/kontakt/?sprache=ar",
        "/de/bochum/suche/?q=x",
        "/de/bochum/anfrage/",
        "/admin/",
        "/health/live",
        "/health/ready",
        "/de/",
        "/de/bochum/gibtesnicht/",
        "/bochum/",
        "/x",
        "/sitemap.xml",
        "/de/bielefeld/",
        "/akzent/003366.css",
    ]:
        t = time.time()
        a = site.get(p)
        print(
            p,
            a.status,
            round(time.time() - t, 3),
            a.headers.get("Cache-Control"),
            a.headers.get("Location"),
            "outage-notice" in a.text,
        )
    print(site.get("/health/ready").text)
    t = time.time()
    site.restart()
    print("restart", time.time() - t)
    t = time.time()
    a = site.get("/de/bochum/")
    print(a.status, time.time() - t)
    a = site.post("/de/bochum/anfrage/", message="Hallo <b>\nWelt", phone="030 23125 000")
    print(a.status, a.text[a.text.index("<main") :][:3000])
    print(site.log.read_text()[-3000:])
