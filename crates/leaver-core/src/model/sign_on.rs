//! Reads the sign-ons of an app, and the applications that they name. `spec.signOn` is either a list of sign-ons, or a mapping for the first sign-on
//! with further sign-ons in `also`. `policies/lib/sign_ons.rego` has the same logic for rules.

use std::borrow::Cow;

use super::Declaration;
use crate::{
    finding::Step,
    source::{Node, Yaml},
};

/// One way in which people sign in.
pub struct SignOn<'a> {
    /// The path in the declaration.
    pub path: Vec<Step>,
    node: &'a Node,
}

impl<'a> SignOn<'a> {
    /// Returns the text at a key of the sign-on.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.node.get(key)?.text()
    }
}

impl Declaration {
    /// Returns the sign-ons in the order of the declaration.
    pub fn sign_ons(&self) -> Vec<SignOn<'_>> {
        sign_ons(&self.root, ["spec", "signOn"].map(|key| Step::Key(key.into())).to_vec())
    }

    /// Returns the system and id of each application that an App and its populations name. If an invalid App names an id but no system, the system is
    /// empty, because an invalid App inherits nothing from its pattern.
    pub fn applications(&self) -> Vec<(&str, Cow<'_, str>)> {
        let mut all: Vec<SignOn<'_>> =
            std::iter::once(self).chain(self.populations()).flat_map(Self::sign_ons).collect();
        if !self.well_formed
            && let Some(Yaml::List(populations)) = self.root.at(&populations_at()).map(Node::value)
        {
            all.extend(
                populations.iter().flat_map(|population| sign_ons(population, vec![Step::Key("signOn".into())])),
            );
        }
        let named = all.iter().filter_map(|sign_on| {
            let id = match (sign_on.node.get("appId")?.value(), self.well_formed) {
                (Yaml::Text(id), _) => Cow::Borrowed(id.as_str()),
                // An id of digits without quotes is a schema error.
                (Yaml::Int(id), false) => Cow::Owned(id.to_string()),
                _ => return None,
            };
            let system = sign_on.text("system").or((!self.well_formed).then_some(""))?;
            Some((system, id))
        });
        named.collect()
    }
}

fn populations_at() -> [Step; 2] {
    ["spec", "populations"].map(|key| Step::Key(key.into()))
}

/// Returns the sign-ons at a path.
fn sign_ons(root: &Node, path: Vec<Step>) -> Vec<SignOn<'_>> {
    let Some(node) = root.at(&path) else { return Vec::new() };
    let mut found = Vec::new();
    if let Yaml::Map(_) = node.value() {
        found.push(SignOn { path: path.clone(), node });
    }
    let also = [path.clone(), vec![Step::Key("also".into())]].concat();
    for (list, steps) in [(Some(node), path), (node.get("also"), also)] {
        let Some(Yaml::List(items)) = list.map(Node::value) else { continue };
        found.extend(items.iter().enumerate().map(|(nth, node)| {
            let path = steps.iter().cloned().chain([Step::Index(nth)]).collect();
            SignOn { path, node }
        }));
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::{model::effective::tests::declarations, source::Address};

    fn read(spec: &str) -> Vec<(String, String)> {
        let text = format!("apiVersion: leaver/v1\nkind: App\nmetadata: {{name: miro}}\nspec: {spec}\n");
        let app = declarations(&[("a.yaml", &text)]).remove(0);
        let all = app.sign_ons();
        let addressed = all.iter().map(|sign_on| {
            (Address::of(&app.root, &sign_on.path).to_string(), sign_on.text("system").unwrap_or_default().to_owned())
        });
        addressed.collect()
    }

    #[test]
    fn a_list_and_also_give_the_same_sign_ons() {
        let assert_sign_ons = |spec: &str, want: &[(&str, &str)]| {
            let want: Vec<_> = want.iter().map(|(path, system)| ((*path).to_owned(), (*system).to_owned())).collect();
            assert_eq!(read(spec), want, "{spec}");
        };
        assert_sign_ons("{}", &[]);
        assert_sign_ons("{signOn: {protocol: local}}", &[("spec.signOn", "")]);
        assert_sign_ons(
            "{signOn: [{system: okta}, {system: entra-id}]}",
            &[("spec.signOn[system=okta]", "okta"), ("spec.signOn[system=entra-id]", "entra-id")],
        );
        assert_sign_ons(
            "{signOn: {system: okta, also: [{system: entra-id}]}}",
            &[("spec.signOn", "okta"), ("spec.signOn.also[system=entra-id]", "entra-id")],
        );
        assert_sign_ons(
            "{signOn: [{system: okta, appId: a}, {system: okta, appId: b}]}",
            &[("spec.signOn[appId=a]", "okta"), ("spec.signOn[appId=b]", "okta")],
        );
    }
}
