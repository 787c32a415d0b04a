//! Finds names in rule heads, references and statements.

use std::collections::BTreeSet;

use regorus::unstable::{AssignOp, Expr, Literal, LiteralStmt, Ref, RuleHead};

/// The name in the head of a rule, and whether the form of the head is supported.
pub(super) fn head_of(head: &RuleHead) -> (&Ref<Expr>, bool) {
    match head {
        RuleHead::Compr { refr, assign, .. } => {
            let object = matches!(refr.as_ref(), Expr::RefBrack { refr, .. } if is_name(refr)) && assign.is_some();
            (refr, is_name(refr) || object)
        }
        RuleHead::Set { refr, key, .. } => (refr, is_name(refr) && key.is_some()),
        RuleHead::Func { refr, .. } => (refr, is_name(refr)),
    }
}

pub(in crate::policy) fn is_name(expression: &Expr) -> bool {
    matches!(expression, Expr::Var { .. })
}

pub(in crate::policy) fn first_name(mut expression: &Expr) -> Option<String> {
    loop {
        match expression {
            Expr::RefDot { refr, .. } | Expr::RefBrack { refr, .. } => expression = refr,
            Expr::Var { span, .. } => return Some(span.text().to_owned()),
            _ => return None,
        }
    }
}

/// The steps of a reference; `None` if a step is not known.
pub(in crate::policy) fn plain(mut expression: &Expr) -> Option<Vec<String>> {
    let mut steps = Vec::new();
    loop {
        match expression {
            Expr::RefDot { refr, field, .. } => {
                steps.push(field.0.text().to_owned());
                expression = refr;
            }
            Expr::RefBrack { refr, index, .. } => {
                let Expr::String { value, .. } = index.as_ref() else { return None };
                steps.push(value.as_string().ok()?.to_string());
                expression = refr;
            }
            Expr::Var { span, .. } => {
                steps.push(span.text().to_owned());
                steps.reverse();
                return Some(steps);
            }
            _ => return None,
        }
    }
}

/// The variables that statements declare.
pub(in crate::policy) fn names_of(statements: &[LiteralStmt]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for statement in statements {
        match &statement.literal {
            Literal::SomeVars { vars, .. } => names.extend(vars.iter().map(|name| name.text().to_owned())),
            Literal::SomeIn { key, value, .. } => key.iter().chain([value]).for_each(|one| add_names(one, &mut names)),
            Literal::Expr { expr, .. } => {
                if let Expr::AssignExpr { op: AssignOp::ColEq, lhs, .. } = expr.as_ref() {
                    add_names(lhs, &mut names);
                }
            }
            Literal::NotExpr { .. } | Literal::Every { .. } => {}
        }
    }
    names
}

fn add_names(pattern: &Expr, names: &mut BTreeSet<String>) {
    match pattern {
        Expr::Var { span, .. } => drop(names.insert(span.text().to_owned())),
        Expr::Array { items, .. } => items.iter().for_each(|item| add_names(item, names)),
        Expr::Object { fields, .. } => fields.iter().for_each(|(_, _, value)| add_names(value, names)),
        _ => {}
    }
}
