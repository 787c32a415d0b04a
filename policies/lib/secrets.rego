package policies.lib.secrets

# What there is in a text, or in a whole declaration as JSON, that holds a secret: quick to look for, and not yet a finding. Before each hint
# stands a part of every text that it fits: plain letters, which the engine finds all at once, without an automaton.
suspicious(text) if {
	_part(text)
	some hint in [
		`gh[opusr]_|github_pat_|gl(agent|dt|ft|oas|pat|ptt|rt|soat)-|xox[abeoprs]-|xapp-|hooks\.slack|A[KS]IA[A-Z2-7]{16}|AIza|GOCSPX-|ya29\.|eyJ`,
		`PRIVATE KEY|[rs]k_(live|test)_|whsec_|sk-[A-Za-z0-9_-]{16}|SG\.[A-Za-z0-9_-]{16}|npm_|pypi-|dckr_pat_|hv[bs]\.|ATATT3|SSWS `,
		`dapi[a-f0-9]{8}|dop_v1_|lin_api_|ntn_|figd_|shpat_|AccountKey=|AccessKey=`,
	]
	regex.match(hint, text)
}

suspicious(text) if {
	contains(text, "://")
	contains(text, "@")
	some hint in [
		`://[^/@" ]*:[^/@" ]*@`,
	]
	regex.match(hint, text)
}

suspicious(text) if {
	small := lower(text)
	regex.match(`ken=|key=|ret=|ord=|sig=|ssw|sph`, small)
	some hint in [
		`(token|key|secret|password|sig)=|(password|passwd|passphrase).{0,4}[:=]`,
	]
	regex.match(hint, small)
}

_words := [
	`ghp_|gho_|ghu_|ghs_|ghr_|_pat|glag|gldt|glft|gloa|glpa|glpt|glrt|glso|xox|xapp|ks\.s|AKIA|ASIA|AIza|GOCS|ya29|eyJ|PRIV|k_li|k_te|whse`,
	`sk-|SG\.|npm_|pypi|hvb\.|hvs\.|ATAT|SSWS|dapi|dop_|lin_|ntn_|figd|shpa|Key=`,
]

_part(text) if {
	some words in _words
	regex.match(words, text)
}

# Keys of texts for people, in which a word without sense has no place.
prose := {
	"alert", "compensatingControl", "contact", "description", "notes", "offSwitch", "offboarding", "purpose", "reason", "title",
}

# The same for texts that are one long word, in a whole declaration as JSON; a UUID, with its hyphens after 8, 13 and 18 characters, is none.
long_word(document) if regex.match(concat("", [
	`"[A-Za-z0-9+/_=-]{8}([A-Za-z0-9+/_=][A-Za-z0-9+/_=-]{23}|-[A-Za-z0-9+/_=-]{4}([A-Za-z0-9+/_=][A-Za-z0-9+/_=-]{18}`,
	`|-[A-Za-z0-9+/_=-]{4}[A-Za-z0-9+/_=][A-Za-z0-9+/_=-]{13}))[A-Za-z0-9+/_=-]*"`,
]), document)

# What it is → how it looks. Long enough that the prefix alone, in a sentence, is none.
_looks := {
	"an Atlassian token": `ATATT3[A-Za-z0-9_=-]{20}`,
	"an AWS access key": `(^|[^A-Za-z0-9])(AKIA|ASIA)[A-Z2-7]{16}([^A-Za-z0-9]|$)`,
	"a cloud storage key": `(AccountKey|SharedAccessKey)=[A-Za-z0-9+/=%]{20}`,
	"a GitHub token": `(^|[^A-Za-z0-9])(gh[opusr]_[A-Za-z0-9]{20}|github_pat_[A-Za-z0-9_]{20})`,
	"a GitLab token": `(^|[^A-Za-z0-9])gl(agent|dt|ft|oas|pat|ptt|rt|soat)-[A-Za-z0-9_-]{16}`,
	"a Google key": `(^|[^A-Za-z0-9_-])(AIza[A-Za-z0-9_-]{35}|GOCSPX-[A-Za-z0-9_-]{20}|ya29\.[A-Za-z0-9_-]{20})`,
	"a JSON Web Token": `(^|[^A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{12,}\.[A-Za-z0-9_-]{4}`,
	"a key of an AI provider": `(^|[^A-Za-z0-9_])sk-((proj|ant|svcacct)-[A-Za-z0-9_-]{16}|[A-Za-z0-9]{32})`,
	"an Okta token": `SSWS [A-Za-z0-9_-]{20}`,
	"a password in a URL": `[a-z]://[^/\s:@]+:[^/\s:@<>${}*]{3,}@`,
	"a private key": `-----BEGIN [A-Z0-9 ]*PRIVATE KEY`,
	"a secret in a URL": `[?&](access_token|api_?key|client_secret|password|secret|sig|token)=[A-Za-z0-9%._~+/-]{12}`,
	"a SendGrid key": `(^|[^A-Za-z0-9])SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16}`,
	"a Slack token": `(^|[^A-Za-z0-9])(xox[abeoprs]|xapp)-[A-Za-z0-9-]{12}`,
	"a Slack webhook": `hooks\.slack\.com/(services|workflows|triggers)/[A-Z0-9]{8}`,
	"a Stripe key": `(^|[^A-Za-z0-9_])([rs]k_(live|test)_|whsec_)[A-Za-z0-9]{16}`,
	"a token of a package registry": `(^|[^A-Za-z0-9_])(npm_[A-Za-z0-9]{30}|pypi-[A-Za-z0-9_-]{40}|dckr_pat_[A-Za-z0-9_-]{20})`,
	"a Vault token": `(^|[^A-Za-z0-9_.])hv[bs]\.[A-Za-z0-9_-]{20}`,
	"an access token": `(^|[^A-Za-z0-9])(dapi[a-f0-9]{32}|dop_v1_[a-f0-9]{32}|(lin_api|ntn|figd|shpat)_[A-Za-z0-9_-]{30})`,
}

# What kinds of secret a text holds.
kinds(text) := {kind |
	some kind, pattern in _looks
	regex.match(pattern, text)
} | {"a password" |
	some found in regex.find_n(`(?i:password|passwd|passphrase)["']?\s*[:=]\s*["']?[^\s"'/:<>(){}$]{8,}`, text, -1)
	word := regex.replace(found, `^[A-Za-z]+["']?\s*[:=]\s*`, "")
	count([class | some class in [`[a-z]`, `[A-Z]`, `[0-9]`]; regex.match(class, word)]) == 3
	not regex.match(`[0-9]{4}-[0-9]{2}`, word)
}

# A text that is one long word without sense: many runs of digits, many different characters, hardly any separators.
random(text) if {
	regex.match(`^[A-Za-z0-9+/_=-]{32,}$`, text)
	count(regex.find_n(`[0-9]+`, text, -1)) >= 3
	count(regex.find_n(`[/_-]`, text, -1)) <= 2
	count({character | some character in split(text, "")}) >= 10
}
