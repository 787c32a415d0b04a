package policies.lib.secrets_test

import data.policies.lib.secrets

# Put together here, so that no scanner takes this file for a leak.
_fakes := {
	"an Atlassian token": [["ATATT3", "xFfGF0AAAABBBBCCCCDDDD"]],
	"an AWS access key": [["AKIA", "IOSFODNN7EXAMPLE"], ["key ASIA", "IOSFODNN7EXAMPLE."]],
	"a cloud storage key": [["AccountName=a;AccountKey=", "AAAABBBBCCCCDDDDEEEEFFFF=="]],
	"a GitHub token": [["ghp_", "0123456789abcdefABCDEF0123456789abcd"], ["use github_pat_", "11AAAAAAA0aaaaaaaaaaaaaa"]],
	"a GitLab token": [["glpat-", "aaaaBBBBccccDDDDeeee"], ["glsoat-", "aaaaBBBBccccDDDDeeee"]],
	"a Google key": [["AIza", "SyA000000000000000000000000000000000"], ["GOCSPX-", "aaaaBBBBccccDDDDeeee"]],
	"a JSON Web Token": [["Bearer eyJ", "hbGciOiJub25lIn0.eyJzdWIiOiJ4In0."]],
	"a key of an AI provider": [["sk-", "ant-api03-aaaaBBBBccccDDDD"], ["sk-", "aaaaBBBBccccDDDDeeeeFFFFggggHHHH"]],
	"an Okta token": [["SSWS ", "00aaaaBBBBccccDDDDeeeeFFFF"]],
	"a password in a URL": [["https://scim:", "hunter2@example.com/scim"]],
	"a private key": [["-----BEGIN ", "OPENSSH PRIVATE KEY-----"], ["-----BEGIN ", "PRIVATE KEY-----"]],
	"a secret in a URL": [["https://example.com/hook?token", "=aaaaBBBBccccDDDD"]],
	"a SendGrid key": [["SG.", "aaaaBBBBccccDDDDeeee.ffffGGGGhhhhIIIIjjjj"]],
	"a Slack token": [["xoxb-", "000000000000-aaaa"], ["(xapp-", "1-A000-aaaaBBBB)"]],
	"a Slack webhook": [["https://hooks.slack.com/", "services/T00000000/B00000000/x"]],
	"a Stripe key": [["sk_live_", "aaaaBBBBccccDDDD"], ["whsec_", "aaaaBBBBccccDDDD"]],
	"a token of a package registry": [["npm_", "aaaaBBBBccccDDDDeeeeFFFFggggHHHHiiii"]],
	"a Vault token": [["hvs.", "aaaaBBBBccccDDDDeeee"]],
	"an access token": [["dapi", "0123456789abcdef0123456789abcdef"], ["lin_api_", "aaaaBBBBccccDDDDeeeeFFFFggggHHHH"]],
	"a password": [["Password", ": Winter2026!"], ["the passphrase='", "aB3aB3aB3'"]],
}

test_every_kind_is_known if {
	every kind, fakes in _fakes {
		every parts in fakes {
			kind in secrets.kinds(concat("", parts))
			secrets.suspicious(concat("", parts))
		}
	}
}

# Each alternative of each hint: none may be lost to the quick look before it.
test_every_hint_is_seen if {
	every text in [
		"gho_", "ghp_", "ghu_", "ghs_", "ghr_", "github_pat_", "glagent-", "gldt-", "glft-", "gloas-", "glpat-", "glptt-", "glrt-",
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
		"the key AKIA is an id", "sig=", "eyJ", "+1 555 0100", "https://grafana.example.com/d/abc?orgId=1&from=now-24h",
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
