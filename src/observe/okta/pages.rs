//! Detects missing pages of Okta's lists. Only the HTTP headers of a response show whether there are more pages.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::{
    Gap, Page,
    collected::{entries, is_list, may_be_full},
};

/// Returns the reason why a list may lack pages. `path` is the path in the API, such as `/api/v1/apps`.
pub(in crate::observe) fn gap(pages: &[&Page], headers: &[String], path: &str) -> Option<Gap> {
    if !pages.iter().any(|page| is_list(page, "")) {
        return Some(Gap::PartialFormat);
    }
    let answers: Vec<Answer<'_>> = headers.iter().filter_map(|headers| Answer::of(headers, path)).collect();
    let is_of_person = || pages.iter().flat_map(|page| entries(page, "")).any(|(_, entry)| is_of_person(entry));
    if answers.iter().any(Answer::is_filtered) || is_of_person() {
        return Some(Gap::Filtered);
    }
    if !answers.is_empty() {
        return has_next_elsewhere(&answers).then_some(Gap::MorePages);
    }
    let lists = pages.iter().filter_map(|page| page.value.as_array().map(Vec::len)).filter(|size| *size > 0);
    // If the file has one object per line, the boundaries of the pages are unknown, and all lines count as one page.
    let lines = pages.iter().filter(|page| page.value.is_object()).count();
    let mut sizes = lists.chain(Some(lines).filter(|lines| *lines > 0)).peekable();
    (sizes.peek().is_some() && sizes.all(|size| may_be_full(size as u64))).then_some(Gap::MaybeMorePages)
}

/// Whether an application is from the list of one person (`filter=user.id eq "…"&expand=user/…`).
fn is_of_person(entry: &Value) -> bool {
    entry.pointer("/_embedded/user").is_some_and(Value::is_object)
}

/// Whether some page refers to a next page that is missing. If any page does not state its own URL, a page counts as missing only if every page
/// refers to a next page.
fn has_next_elsewhere(answers: &[Answer<'_>]) -> bool {
    let Some(own) = answers.iter().map(|answer| answer.own).collect::<Option<Vec<&str>>>() else {
        return answers.iter().all(|answer| answer.next.is_some());
    };
    let own: BTreeSet<Option<&str>> = own.into_iter().map(cursor).collect();
    answers.iter().filter_map(|answer| answer.next).any(|next| !own.contains(&cursor(next)))
}

/// Returns the cursor in the URL of a page. The first page has no cursor. The order of the other parameters does not matter.
fn cursor(address: &str) -> Option<&str> {
    address.split_once('?')?.1.split('&').find_map(|parameter| parameter.strip_prefix("after="))
}

/// The position of a response in its list, read from the HTTP headers.
#[derive(Debug, Default, PartialEq, Eq)]
struct Answer<'a> {
    /// The URL of the response itself.
    own: Option<&'a str>,
    /// The URL of the next page.
    next: Option<&'a str>,
}

impl<'a> Answer<'a> {
    /// Whether the request restricts the list.
    fn is_filtered(&self) -> bool {
        const FILTERS: &[&str] = &["q", "filter", "search"];
        let queries = [self.own, self.next].into_iter().flatten().filter_map(|address| address.split_once('?'));
        let mut parameters =
            queries.flat_map(|(_, query)| query.split('&')).filter_map(|parameter| parameter.split_once('='));
        parameters.any(|(name, value)| FILTERS.contains(&name) && !value.is_empty())
    }

    /// Reads the headers of a response. `None` if they belong to another list.
    fn of(headers: &'a str, path: &str) -> Option<Self> {
        let mut answer = Self::default();
        for line in headers.lines() {
            let Some((_, links)) = line.split_once(':').filter(|(name, _)| name.trim().eq_ignore_ascii_case("link"))
            else {
                continue;
            };
            for link in links.split('<').skip(1) {
                let Some((address, rest)) = link.split_once('>') else { continue };
                let place = address.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
                let rest = rest.to_ascii_lowercase();
                let is = |rel: &str| rest.contains(&format!("rel=\"{rel}\"")) || rest.contains(&format!("rel={rel}"));
                match () {
                    () if !place.ends_with(path) => {}
                    () if is("next") => answer.next = Some(address),
                    () if is("self") => answer.own = Some(address),
                    () => {}
                }
            }
        }
        (answer != Self::default()).then_some(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, has_next_elsewhere};

    const OWN: &str = "https://a.example/api/v1/apps";

    fn has_next(links: &str) -> Option<bool> {
        let headers = format!("HTTP/2 200\r\n{links}\r\n\r\n");
        Answer::of(&headers, "/api/v1/apps").map(|answer| answer.next.is_some())
    }

    #[test]
    fn headers_of_other_lists_are_ignored() {
        assert_eq!(has_next(&format!("link: <{OWN}?limit=200>; rel=\"self\"")), Some(false));
        assert_eq!(
            has_next(&format!("Link: <{OWN}>; rel=\"self\"\r\nLink: <{OWN}?after=x>; rel=\"next\"")),
            Some(true)
        );
        assert_eq!(has_next(&format!("LINK: <{OWN}>; rel=\"self\", <{OWN}?after=x,y>; rel=\"next\"")), Some(true));
        assert_eq!(has_next(&format!("link: <{OWN}/?after=x>; rel=next")), Some(true));
        for other in [
            format!("link: <{OWN}/0oa1/users>; rel=\"self\""),
            format!("link: <{OWN}/0oa1/users?after=x>; rel=\"next\""),
            "link: <https://a.example/api/v1/idps?after=x>; rel=\"next\"".to_owned(),
            format!("link: <{OWN}>; rel=\"help\""),
            format!("x-link: <{OWN}>; rel=\"self\""),
            "date: today".to_owned(),
        ] {
            assert_eq!(has_next(&other), None, "{other}");
        }
    }

    #[test]
    fn a_missing_next_page_is_detected() {
        let (first, second, third) = ("/apps?limit=9", "/apps?limit=9&after=b", "/apps?after=c&limit=9");
        let to_third = "/apps?limit=9&after=c";
        let page = |own, next| Answer { own: Some(own), next };
        let nameless = |next| Answer { own: None, next };
        for (answers, expected) in [
            (vec![page(first, Some(second)), page(second, Some(to_third)), page(third, None)], false),
            (vec![page(third, None), page(first, Some(second)), page(second, Some(third))], false),
            (vec![page(first, Some(second)), page(third, None)], true),
            (vec![page(first, Some(second)), page(second, Some(third))], true),
            (vec![page(first, None)], false),
            (vec![nameless(Some(second)), nameless(None)], false),
            (vec![nameless(Some(second)), page(first, None)], false),
            (vec![nameless(Some(second)), nameless(Some(third))], true),
            // These pages are from two exports of the same list.
            (vec![page(first, Some(second)), page(second, None), page(first, Some(second))], false),
        ] {
            assert_eq!(has_next_elsewhere(&answers), expected, "{answers:?}");
        }
    }
}
