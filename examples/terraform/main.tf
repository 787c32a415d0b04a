# The part of an organisation's Terraform code that provisions Quill. plan.json is the output of
# `terraform plan -out=p && terraform show -json p` for a change of `deactivate` from ENABLED to DISABLED.
variable "deactivate" {
  type    = string
  default = "DISABLED" # was ENABLED
}

resource "okta_app_saml" "quill" {
  label               = "Quill"
  preconfigured_app   = "quill"
  implicit_assignment = false
}

resource "okta_app_features" "quill" {
  app_id = okta_app_saml.quill.id
  name   = "USER_PROVISIONING"
  capabilities {
    create {
      lifecycle_create { status = "ENABLED" }
    }
    update {
      profile { status = "ENABLED" }
      lifecycle_deactivate { status = var.deactivate }
    }
  }
}
