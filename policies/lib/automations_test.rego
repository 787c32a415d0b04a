package policies.lib.automations_test

import data.policies.lib.automations

test_only_automation_products_that_are_in_use if {
	automations.running with input as {"spec": {"kind": "automation"}}
	not automations.running with input as {"spec": {"kind": "automation", "status": "retired"}}
	not automations.running with input as {"spec": {"kind": "iga"}}
}

test_the_credential if {
	automations.secret.kind == "api-key" with input as {"spec": {"kind": "automation", "runsAs": {"kind": "api-key"}}}
	automations.secret.owner == "it" with input as {"spec": {"kind": "automation", "runsAs": {"owner": "it"}}}
	automations.credential with input as {"spec": {"kind": "automation", "runsAs": {"kind": "workload-identity"}}}
	not automations.secret with input as {"spec": {"kind": "automation", "runsAs": {"kind": "workload-identity"}}}
	not automations.credential with input as {"spec": {"kind": "automation", "runsAs": {"kind": "per-app"}}}
	not automations.credential with input as {"spec": {"kind": "iga", "runsAs": {"kind": "api-key"}}}
}
