package policies.lib.secrets

# Hints that a text, or a whole declaration as JSON, may contain a secret: a quick test before the exact one. Most hints are plain letters,
# which the engine finds all at once, without an automaton. Hints that begin with only one or two plain characters, such as `SK`, are in the last
# expression, because they would slow down the search for the other hints.
suspicious(text) if {
	some hint in [
		`gh[opusr]_|github_pat_|gl(agent|cbt|dt|ffct|ft|imt|oas|pat|ptt|rt|rtr|soat|wt)-|GR1348941|xox[a-z]-|xox[a-z]\.|xapp-|xwfp-|hooks\.slack|webhook\.office|/api/webhooks/`,
		`A[BKS]IA[A-Z2-7]{4}|ABSK[A-Za-z0-9]{6}|IQoJb3JpZ2lu|AIza|GOCSPX-|ya29\.|1//0[A-Za-z0-9_-]{6}|eyJ|PRIVATE KEY|AGE-SECRET-KEY-|AGE-PLUGIN-|[rs]k_(live|test|org|prod)_|whsec_|sq0[a-z]{3}-|EAAA[A-Za-z0-9]{8}`,
		`sk-(proj|ant|svcacct|admin|or)-|sk-[A-Za-z0-9]{12}|SG\.[A-Za-z0-9_-]{6}|npm_|pypi-|dckr_[op]at_|rubygems_|hv[brs]\.|AT[AC]TT3|ATBB[A-Za-z0-9]{8}|SSWS |dapi[a-f0-9]{8}|do[opr]_v1_|lin_(api|oauth)_|ntn_|secret_[A-Za-z0-9]{6}|fig[do]_|shp(at|ca|pa|ss)_`,
		`AccountKey=|AccessKey=|hf_[A-Za-z0-9]{8}|gsk_|xai-[A-Za-z0-9]{6}|pplx-|r8_[A-Za-z0-9]{6}|glsa_|glc_|dp\.[a-z]{2,5}\.|atlasv1|ops_|A3-[A-Z0-9]{6}-|HRKU-|cf(at|k|ut)_|v1\.0-[a-f0-9]{6}|NR(AK|RA|II|JS)-|NRAL|pd(eu|us)\+|snyk_[a-z]{3}\.`,
		`key-[a-f0-9]{6}|-us[0-9]|pat[A-Za-z0-9]{14}\.|pat-(eu|na)[0-9]-|/1[0-9]{8}|SK[a-f0-9]{6}|\+(ASt|AMC|ACR|ARm)|Az(Fu|Se|Ca)[A-Za-z0-9]{5}|ACDb|AZDO|sntry[su]_|PMAK-|pul-[a-f0-9]{6}|nfp_|sb[p]_|sb_secret_|pscale_|tskey-|dt0[a-z][0-9]{2}\.|:AA[A-Za-z0-9_-]{8}|CCIP(AT|RJ)_|00[A-Za-z0-9_]{2,8}[A-Z]|Q~|u\+[A-Za-z0-9]{8}`,
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
	some hint in [
		`(token|key|secret|password|sig)=|(password|passwd|passphrase|pwd).{0,4}[:=]|(api|app|application|access|auth|client|secret|license|routing|snyk)[ _-]?(access[ _-]?)?(key|token|secret)["'\\ ]{0,3}[:=]|bearer |basic `,
	]
	regex.match(hint, small)
}

# Keys of free texts, which should not contain a high-entropy word.
free_text_keys := {
	"alert", "compensatingControl", "contact", "description", "notes", "offSwitch", "offboarding", "purpose", "reason", "title",
}

# A quick test of a whole declaration, as JSON, for a text of one long word. A UUID, with its hyphens after 8, 13 and 18 characters, does not match.
long_word(document) if {
	regex.match(`"[A-Za-z0-9+/_=-]{8}([A-Za-z0-9+/_=][A-Za-z0-9+/_=-]{23}|-[A-Za-z0-9+/_=-]{4}([A-Za-z0-9+/_=][A-Za-z0-9+/_=-]{18}|-[A-Za-z0-9+/_=-]{4}[A-Za-z0-9+/_=][A-Za-z0-9+/_=-]{13}))[A-Za-z0-9+/_=-]*"`, document)
}

# A regular expression for each kind, long enough that a mere prefix in a sentence does not match.
_formats := {
	"a 1Password secret": `(^|[^A-Za-z0-9])(ops_eyJ[A-Za-z0-9+/=_-]{20}|A3-[A-Z0-9]{6}-[A-Z0-9]{6,11}-[A-Z0-9]{5})`,
	"a Cloudflare token": `(^|[^A-Za-z0-9_])(cf(at|k|ut)_[A-Za-z0-9_-]{20}|v1\.0-[a-f0-9]{24}-[a-f0-9]{40})`,
	"a Doppler token": `(^|[^A-Za-z0-9])dp\.(audit|ct|pt|sa|scim|st)\.[A-Za-z0-9._-]{20}`,
	"a GitHub token": `(^|[^A-Za-z0-9])(gh[opusr]_[A-Za-z0-9_]{20}|github_pat_[A-Za-z0-9_]{20})`,
	"a GitLab token": `(^|[^A-Za-z0-9])(gl(agent|cbt|dt|ffct|ft|imt|oas|pat|ptt|rt|rtr|soat|wt)-[A-Za-z0-9_.-]{16}|GR1348941[A-Za-z0-9_-]{16})`,
	"a Google key": `(^|[^A-Za-z0-9_-])(AIza[A-Za-z0-9_-]{35}|GOCSPX-[A-Za-z0-9_-]{20}|ya29\.[A-Za-z0-9_-]{20}|1//0[A-Za-z0-9_-]{32})`,
	"a Grafana token": `(^|[^A-Za-z0-9_])(glsa_[A-Za-z0-9]{20}|glc_[A-Za-z0-9+/=]{20})`,
	"a Heroku key": `(^|[^A-Za-z0-9])HRKU-[A-Za-z0-9_-]{20}`,
	"a JSON Web Token": `(^|[^A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{12,}\.[A-Za-z0-9_-]{4}`,
	"a Mailgun or Mailchimp key": `(^|[^A-Za-z0-9])(key-[a-f0-9]{32}|[a-f0-9]{32}-us[0-9]{1,2}([^A-Za-z0-9_-]|$))`,
	"a New Relic key": `(^|[^A-Za-z0-9])(NR(AK|RA|II|JS)-[A-Za-z0-9_-]{20}|[a-f0-9]{32,36}(FFFF)?NRAL)`,
	"a PagerDuty key": `(^|[^A-Za-z0-9_+-])(pd(eu|us)\+_[A-Za-z0-9_-]{16}|u\+[A-Za-z0-9_+-]{18}([^A-Za-z0-9_-]|$))`,
	"a SendGrid key": `(^|[^A-Za-z0-9])SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16}`,
	"a Shopify token": `(^|[^A-Za-z0-9_])shp(at|ca|pa|ss)_[A-Fa-f0-9]{30}`,
	"a Slack token": `(^|[^A-Za-z0-9])(xox[a-z](\.xox[a-z])?|xapp|xwfp)-[A-Za-z0-9-]{12}`,
	"a Snyk token": `snyk_[a-z]{3}\.[A-Za-z0-9._-]{20}|(?i:snyk)[A-Za-z_ -]{0,8}["']?\s*[:=]\s*["']?[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-`,
	"a Square token": `(^|[^A-Za-z0-9_-])(sq0(atp|csp)-[A-Za-z0-9_-]{20}|EAAA[A-Za-z0-9_-]{50})`,
	"a Stripe key": `(^|[^A-Za-z0-9_])([rs]k_(org_)?(live|prod|test)_|whsec_)[A-Za-z0-9]{16}`,
	"a Terraform token": `[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{20}`,
	"a Twilio key": `(^|[^A-Za-z0-9])SK[a-f0-9]{32}([^A-Za-z0-9_-]|$)`,
	"a Vault token": `(^|[^A-Za-z0-9_.])hv[brs]\.[A-Za-z0-9_-]{20}`,
	"a cloud storage key": `(AccountKey|SharedAccessKey)=[A-Za-z0-9+/=%]{20}`,
	"a credential in a header": `(Bearer|bearer) [A-Za-z_~.+/-]{0,40}[0-9][A-Za-z0-9._~+/-]{15}|(Basic|basic) ([A-Za-z0-9+/]{10,}=|[A-Za-z+/]{0,40}[0-9][A-Za-z0-9+/]{11})`,
	"a key of an AI provider": `(^|[^A-Za-z0-9_])(sk-((proj|ant|svcacct|admin|or)-[A-Za-z0-9_-]{16}|[A-Za-z0-9]{32})|hf_[A-Za-z0-9]{30}|gsk_[A-Za-z0-9]{40}|xai-[A-Za-z0-9]{60}|pplx-[A-Za-z0-9]{40}|r8_[A-Za-z0-9]{32})`,
	"a key of Azure": `[A-Za-z0-9+/]{40}(\+ASt|\+AMC|\+ACR|\+ARm|AzFu|AzSe|AzCa|ACDb|AZDO)[A-Za-z0-9+/]{4}`,
	"a password in a URL": `[a-z]://[^/\s:@]*:[^/\s:@<>${}*]{3,}@`,
	"a private key": `-----BEGIN [A-Z0-9 ]*PRIVATE KEY|AGE-(SECRET-KEY-1|PLUGIN-[A-Z0-9]+-1)[A-Z0-9]{20}`,
	"a secret in a URL": `[?&]((access_token|api_?key|client_secret|secret|sig|token)=[A-Za-z0-9%._~+/-]{12}|(password|pwd)=[A-Za-z0-9%._~+/-]{6})`,
	"a Slack webhook": `hooks\.slack\.com/(services|workflows|triggers)/[A-Z0-9]{8}`,
	"a token of a package registry": `(^|[^A-Za-z0-9_])(npm_[A-Za-z0-9]{30}|pypi-[A-Za-z0-9_-]{40}|dckr_[op]at_[A-Za-z0-9_-]{20}|rubygems_[a-f0-9]{40})`,
	"a webhook with a secret": `webhook\.office\.com/webhookb2/[a-f0-9-]{36}|discord(app)?\.com/api/webhooks/[0-9]{10,}/[A-Za-z0-9_-]{20}`,
	"an access token": `(^|[^A-Za-z0-9])(dapi[a-f0-9]{32}|do[opr]_v1_[a-f0-9]{32}|(lin_api|lin_oauth|ntn|fig[do])_[A-Za-z0-9_-]{30}|secret_[A-Za-z0-9]{40}|pat-(eu|na)[0-9]-[a-f0-9]{8}-)`,
	"an Airtable token": `(^|[^A-Za-z0-9])pat[A-Za-z0-9]{14}\.[a-f0-9]{32}`,
	"an Asana token": `(^|[^A-Za-z0-9])([0-9]/[0-9]{13,19}/[0-9]{13,19}:[a-f0-9]{32}|[0-9]/[0-9]{13,19}:[a-f0-9]{32})`,
	"an Atlassian token": `AT[AC]TT3[A-Za-z0-9_=.-]{20}|ATBB[A-Za-z0-9]{24}`,
	"an AWS access key": `(^|[^A-Za-z0-9])(ABIA|AKIA|ASIA)[A-Z2-7]{16}([^A-Za-z0-9]|$)`,
	"an AWS secret": `ABSK[A-Za-z0-9+/]{40}|IQoJb3JpZ2lu[A-Za-z0-9+/=]{40}|(?i:secret_?access_?key)["']?\s*[:=]\s*["']?[A-Za-z0-9/+]{40}`,
	"an Entra client secret": `(^|[^A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{20}`,
	"an Okta token": `SSWS [A-Za-z0-9_-]{20}|(^|[^A-Za-z0-9_-])00[A-Za-z0-9][A-Za-z0-9_-]{39}([^A-Za-z0-9_-]|$)`,
	"a vendor token": `(^|[^A-Za-z0-9])(sntry[su]_[A-Za-z0-9_+/=-]{20}|PMAK-[a-f0-9]{24}|pul-[a-f0-9]{40}|nfp_[A-Za-z0-9]{30}|sbp_[a-f0-9]{40}|sb_secret_[A-Za-z0-9_-]{20}|pscale_(oauth|pw|tkn)_[A-Za-z0-9_.-]{20}|tskey-[a-z]+-[A-Za-z0-9-]{16}|dt0[a-z][0-9]{2}\.[A-Z0-9]{24}\.[A-Z0-9]{20}|[0-9]{8,10}:AA[A-Za-z0-9_-]{32}|CCIP(AT|RJ)_[A-Za-z0-9_-]{20})`,
}

# The kinds of secrets in a text, even if YAML or an editor broke the text into lines.
kinds(text) := ((_direct(text) | _broken(text)) | _password(text)) | _assigned(text)

_direct(text) := {kind |
	some kind, pattern in _formats
	regex.match(pattern, text)
}

# Removes a line break after a high-entropy word, or the space that replaces the line break in folded text. Two digits distinguish a secret from
# words that follow the mere name of a prefix.
_broken(text) := {kind |
	regex.match(`\s`, text)
	joined := regex.replace(text, `([0-9A-Za-z._~+/=-]*[0-9_.~-][0-9A-Za-z._~+/=-]*)\s+`, "${1}")
	some kind, pattern in _formats
	some found in regex.find_n(pattern, joined, -1)
	count(regex.find_n(`[0-9]`, found, -1)) > 1
}

_password(text) := {"a password" |
	some found in regex.find_n(`(?i:password|passwd|passphrase|pwd)["']?\s*[:=]\s*["']?[^\s"'/:<>(){}$]{8,}`, text, -1)
	word := regex.replace(found, `^[A-Za-z]+["']?\s*[:=]\s*`, "")
	count([class | some class in [`[a-z]`, `[A-Z]`, `[0-9]`]; regex.match(class, word)]) == 3
	not regex.match(`[0-9]{4}-[0-9]{2}`, word)
}

# Finds a high-entropy word after the name of a key, because some vendors, such as Datadog, use no prefix.
_assigned(text) := {"a key or token" |
	some found in regex.find_n(`(?i:api|app|application|access|auth|client|secret|license|routing)[ _-]?(?i:access[ _-]?)?(?i:key|token|secret)["']?\s*[:=]\s*["']?[A-Za-z0-9+/_=.~-]{16,}`, text, -1)
	word := regex.replace(found, `^[A-Za-z _-]+["']?\s*[:=]\s*["']?`, "")
	count(regex.find_n(`[0-9]+`, word, -1)) > 2
	count(regex.find_n(`[/_.-]`, word, -1)) < 3
	not regex.match(`[0-9]{4}-[0-9]{2}`, word)
}

# The text is one high-entropy word: it has many runs of digits, many different characters and few separators.
random(text) if {
	regex.match(`^[A-Za-z0-9+/_=-]{32,}$`, text)
	count(regex.find_n(`[0-9]+`, text, -1)) >= 3
	count(regex.find_n(`[/_-]`, text, -1)) <= 2
	count({character | some character in split(text, "")}) >= 10
}
