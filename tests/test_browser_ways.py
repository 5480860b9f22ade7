"""The way of a newcomer through the whole site, on an old phone: no JavaScript, 360 pixels, Arabic."""

from playwright.sync_api import expect

PHONE = {"width": 360, "height": 640}


def test_parent_finds_the_phone_number_of_the_school_advice_in_arabic(live_site, new_context):
    page = new_context(viewport=PHONE, java_script_enabled=False, locale="ar").new_page()
    page.goto(f"{live_site.url}/")
    page.locator("input[name=ort]").fill("33602")
    page.keyboard.press("Enter")
    page.locator('main a.button[href="/ar/bielefeld/"]').click()
    page.get_by_role("link", name="أريد أن يذهب طفلي إلى المدرسة").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert page.url == f"{live_site.url}/ar/bielefeld/schulberatung/"
    # In the first view, before any scrolling.
    number = page.locator('a[href="tel:+49521513789"]').first
    expect(number).to_contain_text("(05 21) 51-37 89")
    expect(number).to_be_in_viewport()
