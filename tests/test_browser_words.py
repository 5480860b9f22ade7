"""First steps and official words as a newcomer reads them: on a phone, in Arabic, without JavaScript."""

from playwright.sync_api import expect

PHONE = {"width": 360, "height": 640}


def test_word_leads_to_its_explanation_and_on_to_the_glossary(live_site, new_context):
    page = new_context(viewport=PHONE, java_script_enabled=False).new_page()
    page.goto(f"{live_site.url}/ar/bielefeld/")
    page.locator('main a[href="/ar/bielefeld/erste-schritte/"]').click()
    page.locator('.phases a[href="#zeit-2"]').click()
    expect(page.locator("#zeit-2 h2")).to_be_in_viewport()
    page.locator("#zeit-2 a.word", has_text="Jobcenter").click()
    explanation = page.locator("#wort-jobcenter")
    expect(explanation).to_be_in_viewport()
    expect(explanation.locator("dt")).to_contain_text("مركز العمل")
    page.locator(".words-all").click()
    assert page.url == f"{live_site.url}/ar/bielefeld/woerterbuch/"
    page.locator(".words-index a", has_text="W").click()
    expect(page.locator("#wort-widerspruch")).to_be_in_viewport()


def test_step_can_be_called_on_a_phone(live_site, new_context):
    page = new_context(viewport=PHONE).new_page()
    page.goto(f"{live_site.url}/ar/bielefeld/erste-schritte/")
    number = page.locator('#zeit-2 a.step-phone[href="tel:+49521513789"]')
    expect(number).to_be_visible()
    assert number.bounding_box()["height"] >= 44
