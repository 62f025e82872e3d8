"""One's own account: who one is, how one signs in, where one lives (ACC-1, FAM-8)."""

from __future__ import annotations

import pytest
from django.test import Client

from foundation.accounts.homes import give_home, home_key
from foundation.accounts.models import User
from foundation.common.errors import Invalid
from foundation.tenancy.scope import tenant_scope
from tests.accounts.test_second_factor import enter, set_up
from tests.factories import make_agency, make_member, make_user, sign_in

ACCOUNT = "/accounts/"
HOME = "/accounts/home/"
KEY = home_key("14 Beech Road, Anytown, LS99 1AB")


class TestHomeKey:
    @pytest.mark.parametrize(
        "same",
        [
            "14 Beech Road, Anytown, LS99 1AB",
            "14, LS991AB",
            "14 ls99 1ab",
            "14 Beech Rd\nAnytown\nLS99  1AB",
            "  14,Beech Road,LS99 1AB, England",
            "14 Beech Road LS99\u00a01AB",
        ],
    )
    def test_one_home_is_one_key_however_it_is_written(self, same):
        """FAM-8: number and postcode, and nothing else."""
        assert home_key(same) == KEY

    @pytest.mark.parametrize(
        "other",
        [
            "16 Beech Road, LS99 1AB",
            "14 Beech Road, LS99 1AC",
            "14A Beech Road, LS99 1AB",
            "Flat 2, 14 Beech Road, LS99 1AB",
            "Beech Road, LS99 1AB",
            "4 Beech Road, LS99 11AB",
        ],
    )
    def test_another_home_is_another_key(self, other):
        """FAM-8: a neighbour is not oneself."""
        assert home_key(other) != KEY

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Flat 2, 14 Beech Road, LS99 1AB", "14, flat 2, ls991ab"),
            ("14 a Beech Road, LS99 1AB", "14A LS99 1AB"),
            ("12-14 High Street, LS99 1AB", "12/14, LS99 1AB"),
            ("Rose Cottage, Mill Lane, YO99 5XX", "rose cottage\nYO995XX"),
            ("The Old Mill, Mill Lane, YO99 5XX", "old mill, yo99 5xx"),
            ("3, W1A 1AA", "3 Portland Place, London W1A 1AA"),
        ],
    )
    def test_flats_letters_ranges_and_names(self, one, other):
        """FAM-8: as people write them."""
        assert home_key(one) == home_key(other) != ""

    @pytest.mark.parametrize("text", ["", "14 Beech Road", "LS99 1AB", ", ,LS99 1AB", "no fixed address", "14", "\x00"])
    def test_without_house_or_postcode_there_is_no_key(self, text):
        """FAM-8: nothing is guessed."""
        assert home_key(text) == ""

    def test_key_says_nothing_of_the_address_and_is_this_installations(self, settings):
        """FAM-8: without the installation's secret nobody can try addresses against it."""
        assert len(KEY) == 64
        settings.SECRET_KEY = "another-" + "1" * 42
        assert home_key("14 Beech Road, Anytown, LS99 1AB") != KEY


@pytest.mark.django_db
class TestGiveHome:
    def test_digest_is_kept_and_taken_away(self):
        """FAM-8: both boxes empty takes it away."""
        user = make_user()
        give_home(user=user, house=" 14 ", postcode="ls99 1ab ")
        assert User.objects.get(pk=user.pk).home_key == KEY
        give_home(user=user, house="", postcode="  ")
        assert User.objects.get(pk=user.pk).home_key == ""

    @pytest.mark.parametrize(
        ("house", "postcode", "field"),
        [("14", "", "postcode"), ("14", "Leeds", "postcode"), ("", "LS99 1AB", "house"), ("-", "LS99 1AB", "house")],
    )
    def test_half_an_address_is_refused_beside_its_field(self, house, postcode, field):
        """FAM-8: with a sentence, and nothing is kept."""
        user = make_user()
        with pytest.raises(Invalid) as refusal:
            give_home(user=user, house=house, postcode=postcode)
        assert list(refusal.value.fields) == [field]
        assert User.objects.get(pk=user.pk).home_key == ""


@pytest.mark.django_db
class TestPages:
    @pytest.fixture
    def user(self, fernshire) -> User:
        with tenant_scope(fernshire.pk):
            return make_member(agency=make_agency("Fernbank School"), name="Bronagh Tennant").user

    @pytest.fixture
    def client(self, user) -> Client:
        client = Client()
        enter(client, user)
        return client

    def test_every_pages_header_has_the_name_and_leads_to_the_account(self, client):
        """ACC-1: who has signed in, and where to change how."""
        html = client.get("/fernshire/").content.decode()
        assert "Bronagh Tennant" in html
        assert 'href="/accounts/"' in html
        assert ": your account</span>" in html

    def test_page_shows_who_one_is_and_how_one_signs_in(self, client, user):
        """ACC-1: each with the page that changes it."""
        html = client.get(ACCOUNT).content.decode()
        for words in ("Bronagh Tennant", user.email, "None: your password alone", "Not given"):
            assert words in html
        for path in ("/accounts/password/change/", "/accounts/2fa/", HOME):
            assert f'href="{path}"' in html
        assert "Recovery codes" not in html
        set_up(client)
        html = client.get(ACCOUNT).content.decode()
        assert "Authenticator app" in html
        assert "You have 10 recovery codes left." in html

    def test_where_one_lives_is_given_and_never_shown(self, client, user):
        """FAM-8: the page says that it is noted; the address is nowhere."""
        page = client.get(HOME).content.decode()
        assert "You do not have to answer this" in page
        assert "Your address itself is not kept" in page
        assert client.post(HOME, {"house": "14", "postcode": "LS99 1AB"})["Location"] == ACCOUNT
        assert User.objects.get(pk=user.pk).home_key == KEY
        for path in (ACCOUNT, HOME):
            html = client.get(path).content.decode()
            assert "LS99" not in html
            assert KEY not in html
        assert "Where you live is noted" in client.get(HOME).content.decode()

    def test_mistake_is_told_beside_its_field(self, client):
        """FAM-8: 400, words kept."""
        refused = client.post(HOME, {"house": "14", "postcode": "Leeds"})
        assert refused.status_code == 400
        assert "Enter a full postcode" in refused.content.decode()
        assert 'value="Leeds"' in refused.content.decode()

    def test_pages_want_sign_in_and_the_second_step(self, client, user):
        """ACC-1: for nobody there is no account; the password alone opens it no more than any other page."""
        for path in (ACCOUNT, HOME):
            assert Client().get(path)["Location"] == f"/accounts/login/?next={path}"
        set_up(client)
        for path in (ACCOUNT, HOME):
            assert sign_in(Client(), user).get(path)["Location"].startswith("/accounts/2fa/reauthenticate/")

    def test_pages_are_kept_by_no_cache(self, client):
        """ACC-6: a shared computer keeps nothing."""
        for path in (ACCOUNT, HOME, "/accounts/2fa/"):
            assert client.get(path)["Cache-Control"] == "no-store, private"
