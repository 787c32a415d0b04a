package policies.lib.secrets_test

import data.policies.lib.secrets

# Assembled here, so that secret scanners do not report this file.
_fakes := {
	"a 1Password secret": [["ops_", "eyJaaaaBBBBccccDDDDeeee0123"]],
	"a Cloudflare token": [["cfut_", "0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t"], ["v1.0-", "0123456789abcdef01234567-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"]],
	"a Doppler token": [["dp.", "st.prd.0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t"], ["dp.", "scim.0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t"]],
	"a GitHub token": [["ghp_", "0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r"], ["use github_pat_", "11AAAAAAA0aaaaaaaaaaaaaa"], ["ghs_", "0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r"], ["ghr_", "0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t"]],
	"a GitLab token": [["glpat-", "aaaaBBBBccccDDDDeeee"], ["glsoat-", "aaaaBBBBccccDDDDeeee"], ["glcbt-", "64_aaaaBBBBccccDDDDeeee"]],
	"a Google key": [["AIza", "SyA000000000000000000000000000000000"], ["GOCSPX-", "aaaaBBBBccccDDDDeeee"], ["ya29.", "a0A0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t"], ["1//0", "g0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t"]],
	"a Grafana token": [["glsa_", "0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p_0123abcd"], ["glc_", "eyJvaaaaBBBBccccDDDDeeeeaaaaBBBBccccDDDDeeee"]],
	"a Heroku key": [["HRKU-", "01234567-89ab-cdef-0123-456789abcdef"], ["HRKU-", "AA0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t"]],
	"a JSON Web Token": [["Bearer eyJ", "hbGciOiJub25lIn0.eyJzdWIiOiJ4In0."]],
	"a Mailgun or Mailchimp key": [["key-", "0123456789abcdef0123456789abcdef"], ["0123456789abcdef0123456789abcdef", "-us12"]],
	"a New Relic key": [["NRAK-", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0"], ["0123456789abcdef0123456789abcdef0123", "FFFFNRAL"]],
	"a PagerDuty key": [["pdus+", "_0XBPWQQ_dfd5a6d5-0123"], ["u+", "aBcDeFgHiJkLmNoPq1"]],
	"a SendGrid key": [["SG.", "aaaaBBBBccccDDDDeeee.ffffGGGGhhhhIIIIjjjj"]],
	"a Shopify token": [["shpat_", "0123456789abcdef0123456789abcdef"], ["shpss_", "0123456789abcdef0123456789abcdef"]],
	"a Slack token": [["xoxb-", "000000000000-aaaa"], ["(xapp-", "1-A000-aaaaBBBB)"], ["xoxe.", "xoxp-1-aaaaBBBBcccc"], ["xwfp-", "aaaaBBBBcccc"]],
	"a Snyk token": [["SNYK_TOKEN", "=01234567-89ab-cdef-0123-456789abcdef"], ["snyk_", "uat.0123abcd.0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t"]],
	"a Square token": [["sq0atp-", "aaaaBBBBccccDDDDeeeeff"], ["EAAA", "0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t"]],
	"a Stripe key": [["sk_live_", "aaaaBBBBccccDDDD"], ["whsec_", "aaaaBBBBccccDDDD"], ["rk_live_", "aaaaBBBBccccDDDD"]],
	"a Terraform token": [["aB3dE6gH9jK2mN", ".atlasv1.0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9taaaaBBBBccccDDDDeeee"]],
	"a Twilio key": [["SK", "0123456789abcdef0123456789abcdef"]],
	"a Vault token": [["hvs.", "aaaaBBBBccccDDDDeeee"], ["hvb.", "aaaaBBBBccccDDDDeeee"]],
	"a cloud storage key": [["AccountName=a;AccountKey=", "AAAABBBBCCCCDDDDEEEEFFFF=="]],
	"a credential in a header": [["Authorization: Basic ", "dXNlcjpodW50ZXIyaHVudGVyMg=="], ["Bearer ", "abcdef0123456789abcdef"]],
	"a key of an AI provider": [["sk-", "ant-api03-aaaaBBBBccccDDDD"], ["sk-", "aaaaBBBBccccDDDDeeeeFFFFggggHHHH"], ["hf_", "0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q"], ["gsk_", "0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0a1b2C3d4E5f"], ["sk-", "proj-aaaaBBBBccccDDDD"]],
	"a key of Azure": [["0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t", "0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r+AStAbCd1234=="]],
	"a password in a URL": [["https://scim:", "hunter2@example.com/scim"], ["redis://", ":hunter2@cache.example.com"], ["postgres://app:", "hunter2@db/x"]],
	"a private key": [["-----BEGIN ", "OPENSSH PRIVATE KEY-----"], ["-----BEGIN ", "PRIVATE KEY-----"], ["-----BEGIN ", "PGP PRIVATE KEY BLOCK-----"], ["AGE-SECRET-KEY-", "1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZ"]],
	"a secret in a URL": [["https://example.com/hook?token", "=aaaaBBBBccccDDDD"], ["https://a.blob.example.com/c?sv=2026&sig", "=aaaaBBBBccccDDDD%3D"], ["jdbc:x://db/a?password", "=hunter2"]],
	"a Slack webhook": [["https://hooks.slack.com/", "services/T00000000/B00000000/x"]],
	"a token of a package registry": [["npm_", "aaaaBBBBccccDDDDeeeeFFFFggggHHHHiiii"], ["pypi-", "AgEIcHlwaS5vcmc0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t"], ["dckr_pat_", "aaaaBBBBccccDDDDeeee"], ["rubygems_", "0123456789abcdef0123456789abcdef0123456789abcdef"]],
	"a webhook with a secret": [["https://x.webhook.office.com/", "webhookb2/01234567-89ab-cdef-0123-456789abcdef@"], ["https://discord.com/", "api/webhooks/123456789012345678/0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t"]],
	"an access token": [["dapi", "0123456789abcdef0123456789abcdef"], ["lin_api_", "aaaaBBBBccccDDDDeeeeFFFFggggHHHH"], ["ntn_", "0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t"], ["figd_", "0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t"], ["dop_v1_", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"], ["secret_", "0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9tabc"]],
	"an Airtable token": [["pat", "aB3dE6gH9jK2mN.0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"]],
	"an Asana token": [["2/", "1200000000000000/1200000000000001:0123456789abcdef0123456789abcdef"], ["1/", "1200000000000000:0123456789abcdef0123456789abcdef"]],
	"an Atlassian token": [["ATATT3", "xFfGF0AAAABBBBCCCCDDDD"], ["ATCTT3", "xFfGF0AAAABBBBCCCCDDDD"], ["ATBB", "0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p"]],
	"an AWS access key": [["AKIA", "IOSFODNN7EXAMPLE"], ["key ASIA", "IOSFODNN7EXAMPLE."]],
	"an AWS secret": [["aws_secret_access_key", " = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"], ["IQoJ", "b3JpZ2lu0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t"]],
	"an Entra client secret": [["abc8", "Q~0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q"], ["~1.7", "Q~aB-cD_eF.gH~iJ0kL1mN2oP3qR4"]],
	"an Okta token": [["SSWS ", "00aaaaBBBBccccDDDDeeeeFFFF"], ["00", "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7aB3dE6gH9jK2m"]],
	"a vendor token": [["sntrys_", "eyJ0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t"], ["PMAK-", "0123456789abcdef0123456789abcdef"], ["pul-", "0123456789abcdef0123456789abcdef01234567"], ["123456789:", "AA0a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6"]],
	"a password": [["Password", ": Winter2026!"], ["the passphrase='", "aB3aB3aB3'"]],
	"a key or token": [["DD_API_KEY", "=0c1a2b3d4e5f60718293a4b5c6d7e8f9"], ["client_secret: ", "a1b2c3d4e5f6g7h8i9"], ["X-Api-Key': '", "0c1a2b3d4e5f60718293a4b5c6d7e8f9"]],
}

test_every_kind_is_found if {
	every kind, fakes in _fakes {
		every parts in fakes {
			kind in secrets.kinds(concat("", parts))
			secrets.suspicious(concat("", parts))
		}
	}
}

# The break is a space in a folded text, and a line break in a literal block.
test_a_secret_with_a_line_break_is_found if {
	every text in [
		concat("", ["the token ghp_", "0123456789ab cdefABCDEF0123456789abcd is new"]),
		concat("", ["glpat-", "aaaa1BBB\nccc2DDDDeeee"]),
		concat("", ["xoxb-", "1234 56789012-aaaa"]),
		concat("", ["abc8", "Q~aB3dE6gH \n aB3dE6gH9jK2mN5pQ8"]),
	] {
		count(secrets.kinds(text)) > 0
	}
}

# Each alternative of each hint must pass the quick test.
test_every_hint_passes_the_quick_test if {
	every text in [
		"gho_", "ghp_", "ghu_", "ghs_", "ghr_", "github_pat_", "glagent-", "1Q~", "ATCTT3", "xoxe.", "hvr.", "gldt-", "glft-", "gloas-", "glpat-", "glptt-", "glrt-",
		"glsoat-", "xoxa-", "xoxb-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-", "xapp-", "hooks.slack", "AKIAAAAAAAAAAAAAAAAA",
		"ASIAAAAAAAAAAAAAAAAA", "AIza", "GOCSPX-", "ya29.", "eyJ", "PRIVATE KEY", "rk_live_", "sk_live_", "rk_test_", "sk_test_",
		"whsec_", "sk-aaaaaaaaaaaaaaaa", "SG.aaaaaaaaaaaaaaaa", "npm_", "pypi-", "dckr_pat_", "hvb.", "hvs.", "ATATT3", "SSWS ",
		"dapi00000000", "dop_v1_", "lin_api_", "ntn_", "figd_", "shpat_", "AccountKey=", "AccessKey=", "https://a:b@c", "token=",
		"key=", "secret=", "password=", "sig=", "TOKEN=", "Key=", "Secret=", "PassWord=", "SIG=", "password: x", "passwd=x",
		"passphrase = x", "PASSWORD: x", "PassWd=x", "PASSPHRASE=x",
	] {
		secrets.suspicious(text)
	}
}

test_names_places_and_sentences_are_no_secrets if {
	every text in [
		"0oa1b2c3d4e5f6g7h8i9", "4f1c-databricks", "vault://kv/okta/slack-scim", "https://api.example.com/scim/v2",
		"00000000-0000-0000-0000-000000000000", "arn:aws:iam::123456789012:role/deploy", "ssh://git@example.com:22/x",
		"tokens that begin with ghp_ or xoxb- are refused", "-----BEGIN CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----",
		"task-management-for-the-whole-company", "desk-proj-aaaaaaaaaaaaaaaaaaaa", "password: see the vault", "password: rotated",
		"password: Rotated-2026-09-01", "password::<sha2::Sha256>()", "password: ${Winter2026}", "passwords = 12 characters", "https://user:${PASSWORD}@example.com", "https://x/?token=<yours>",
		"the key AKIA is an id", "sig=", "eyJ", "+1 555 0100", "tokens such as ghp_ are refused since 2024-01 and 2025-02 by version 3", "AA:BB:CC:DD:EE:FF:00:11:22:33",
		"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef01234567",
		"00u1a2b3c4D5e6F7g8h9", "projects/123456789012/secrets/scim", "basic internationalization of names", "Basic plan, 12 seats",
		"a bearer token from the vault", "monday-users", "eu-west-1/us-east-1", "api key: see the vault", "client_secret: rotated-every-90-days",
		"app key: datadog-2026-09-01-prod", "risk-management-for-subsidiaries-of-2026", "ticket ITAPP-12345678", "pattern",
		"sha512-0123456789abcdefABCDEF+/0123456789abcdefABCDEF+/0123456789abcdefABCDEF+/==", "https://grafana.example.com/d/abc?orgId=1&from=now-24h",
	] {
		count(secrets.kinds(text)) == 0
	}
}

test_random_words if {
	every text in [
		"0f3a9c1d5e7b2468ace013579bdf0246", "Zk3vQ9xT1mLr8WcY5nBh2DsJ7gPf4KaE",
		"q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k=",
	] {
		secrets.random(text)
		secrets.long_word(json.marshal({"notes": text}))
		secrets.long_word(json.marshal({"labels": {"apiToken": text}}))
	}
	every text in [
		"0f3a9c1d5e7b2468", "00000000-0000-4000-8000-000000000000", "11111111111111111111111111111111", "aaaaaaaa1bbbbbbbb2cccccccc3dddddddd",
		"docs/rb/Offboarding-Checklist-Q3-2026-v2-final", "docs/rb/OffboardingChecklistForSalesforceV2", "a sentence of words, 1 2 3, and more of them",
	] {
		not secrets.random(text)
	}
}

test_plain_text_is_not_suspicious if {
	plain := json.marshal({
		"purpose": "provisioning", "vault": "vault://kv/okta/slack-scim", "id": "00000000-0000-0000-0000-000000000000",
		"protocol": "password-vault", "queue": "ACCESS-REVIEW", "runbook": "docs/rb/desk-for-all.md", "covers": ["personalTokens", "apiKeys"],
	})
	not secrets.suspicious(plain)
	not secrets.long_word(plain)
}
