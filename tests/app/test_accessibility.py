"""The app by the rules of axe-core, resting, after a fit, and in a blind test."""

import pytest

from tests.app.laboratory import Laboratory
from tests.browser.accessibility import violations

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_app_breaks_no_serious_rule(context, app_url, theme):
    page = context.new_page()
    page.emulate_media(color_scheme=theme)
    laboratory = Laboratory.open(page, app_url)
    laboratory.select("tone")
    laboratory.wait_for_sound()
    assert violations(page.locator(".gl").first) == []
    laboratory.start_fit(steps=2)
    laboratory.wait_for_fit()
    laboratory.part("hear-step").wait_for()
    assert violations(page.locator(".gl").first) == []
    laboratory.part("blind").click()
    laboratory.part("blind-A").wait_for()
    assert violations(page.locator(".gl").first) == []
