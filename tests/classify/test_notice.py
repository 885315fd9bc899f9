"""Notices of a block told from everything else, by pages written for this test."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.classify import notice, notice_words
from harness.classify.notice import NOTICE, ORDINARY, POINTS, Reading
from harness.classify.page import Page, read

# "Access to this site was denied by the administrator." and the like, in the words of each language.
DENIALS = {
    "ar": "تم حجب الوصول إلى هذا الموقع.",
    "cs": "Přístup na tuto stránku byl zakázán.",
    "de": "Der Zugriff auf diese Seite wurde gesperrt.",
    "el": "Η πρόσβαση σε αυτή τη σελίδα απαγορεύεται.",
    "en": "Access to this site has been blocked.",
    "es": "El acceso a este sitio está bloqueado.",
    "fa": "دسترسی به این سایت مسدود است.",
    "fi": "Pääsy tälle sivulle on estetty.",
    "fr": "L'accès à ce site est interdit.",
    "he": "הגישה לאתר זה חסומה.",
    "hu": "A hozzáférés ehhez az oldalhoz tiltott.",
    "id": "Akses ke situs ini diblokir.",
    "it": "L'accesso a questo sito è bloccato.",
    "ja": "このサイトへのアクセスは禁止されています。",
    "ko": "이 사이트에 대한 접속이 차단되었습니다.",
    "nl": "De toegang tot deze site is geblokkeerd.",
    "pl": "Dostęp do tej strony został zablokowany.",
    "pt": "O acesso a este site foi bloqueado.",
    "ru": "Доступ к этому сайту заблокирован.",
    "sv": "Åtkomst till den här sidan är spärrad.",
    "th": "การเข้าถึงเว็บไซต์นี้ถูกระงับ",
    "tr": "Bu siteye erişim engellendi.",
    "uk": "Доступ до цього сайту заборонено.",
    "vi": "Truy cập vào trang này đã bị chặn.",
    "zh": "您对该网站的访问已被禁止。",
}


def page(text: str, title: str = "") -> Page:
    return read(f"<title>{title}</title><p>{text}</p>")


@pytest.mark.parametrize("language", DENIALS)
def test_a_short_denial_is_a_notice(language: str) -> None:
    found = notice.read(page(DENIALS[language]))
    assert found.notice is True
    assert {"text-denies", "in-few-words", "short"} <= set(found.signs)


@pytest.mark.parametrize("language", DENIALS)
def test_the_same_far_down_a_long_page_is_none(language: str) -> None:
    text = " ".join(f"Line {number} of a long story about a garden." for number in range(300))
    assert notice.read(page(f"{text} {DENIALS[language]}")).notice is False


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The name of the server could not be found.",
        "The connection timed out. Try the page again later.",
        "Page not found. The page may have moved.",
        "Your cache access is denied until you have signed in.",
        "Access to this directory is forbidden.",
        "Please enter your password to see this page.",
        "Der Server antwortet nicht.",
        "Сервер не отвечает. Повторите попытку позже.",
        "Welcome to the museum. The site opens daily at ten. Parking is free.",
    ],
)
def test_faults_and_ordinary_pages_are_none(text: str) -> None:
    assert notice.read(page(text)).notice is False


def test_what_speaks_of_blocks_at_length_is_left_open_at_most() -> None:
    text = (
        "Last week a court of the island decided that access to four sites stays blocked. " + "It rained again. " * 100
    )
    found = notice.read(page(text, "News of the week"))
    assert found.signs == ("text-denies", "gives-grounds")
    assert found.notice is None


def test_an_empty_page_in_a_frame_leads_to_its_denial() -> None:
    assert notice.read(read('<iframe src="http://filter.test/webadmin/deny/?x=1"></iframe>')).notice is True
    assert notice.read(read('<iframe src="http://10.0.0.34/"></iframe>')).notice is True
    assert notice.read(read('<iframe src="http://museum.test/garden"></iframe>')).notice is False


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Complete the CAPTCHA to go on.", "challenge"),
        ("Checking your browser before accessing the page.", "challenge"),
        ("This domain may be for sale.", "parked"),
        ("Access denied. Cloudflare Ray ID: 0123456789", "origin"),
        ("Forbidden. You don't have permission to access / on this server.", "origin"),
        ("This video is not available in your country.", "origin"),
        ("Access to this site has been blocked.", ""),
    ],
)
def test_pages_that_are_something_else(text: str, kind: str) -> None:
    assert notice.read(page(text)).other == kind


def test_a_login_wall_asks_for_a_password() -> None:
    assert notice.read(read("<p>Log in to go on</p><input type=password>")).other == "login"
    assert notice.read(read("<p>Log in to go on</p>")).other == ""


@given(st.integers(-10, 20))
def test_points_decide(points: int) -> None:
    found = Reading(points, ()).notice
    assert found is (True if points >= NOTICE else False if points <= ORDINARY else None)


@given(st.text(max_size=300), st.text(max_size=50))
def test_points_are_those_of_the_signs(text: str, title: str) -> None:
    found = notice.read(Page(title, text, (title,)))
    assert found.points == sum(POINTS[sign] for sign in found.signs)


def test_every_language_denies_something() -> None:
    assert set(notice_words.DENIED) == set(notice_words.OBJECT)
    assert set(DENIALS) <= set(notice_words.DENIED)
    assert all(re.compile(pattern) for pattern in notice_words.ORIGIN)
