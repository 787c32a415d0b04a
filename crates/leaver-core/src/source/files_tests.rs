//! Tests of unsaved files, links and paths.

use super::*;

/// Files and links in memory. The content of a link is its target.
#[derive(Debug)]
struct Linked(Texts, BTreeSet<Utf8PathBuf>);

impl Files for Linked {
    fn kind(&self, path: &Utf8Path) -> io::Result<FileKind> {
        if self.1.contains(path) { Ok(FileKind::Link) } else { self.0.kind(path) }
    }
    fn target(&self, link: &Utf8Path) -> io::Result<Utf8PathBuf> {
        self.0.files.get(link).map(Utf8PathBuf::from).ok_or_else(not_found)
    }
    fn entries(&self, folder: &Utf8Path) -> io::Result<Vec<FolderEntry>> {
        self.0.entries(folder)
    }
    fn content(&self, path: &Utf8Path, limit: usize) -> io::Result<Content> {
        self.0.content(&self.canonical(path)?, limit)
    }
}

fn texts(all: &[(&str, &str)]) -> Texts {
    all.iter().map(|(path, text)| (Utf8PathBuf::from(*path), (*text).to_owned())).collect()
}

#[test]
fn links_are_resolved_as_on_disk() {
    let links = [
        ("/c/to-file", "d/a.yaml"),
        ("/c/d/up", "../to-file"),
        ("/c/absolute", "/c/d"),
        ("/c/circle", "circle"),
        ("/c/dangling", "x/y"),
        ("/c/out", "/etc"),
    ];
    let mut all = vec![("/c/d/a.yaml", "a"), ("/etc/passwd", "p")];
    all.extend(links);
    let files = Linked(texts(&all), links.iter().map(|(link, _)| Utf8PathBuf::from(*link)).collect());
    for (path, target) in [
        ("/c/to-file", "/c/d/a.yaml"),
        ("/c/d/up", "/c/d/a.yaml"),
        ("/c/absolute/up", "/c/d/a.yaml"),
        ("/c/absolute/../to-file", "/c/d/a.yaml"),
        ("/c/./d//a.yaml", "/c/d/a.yaml"),
        ("/c/out/passwd", "/etc/passwd"),
        ("/../c", "/c"),
    ] {
        assert_eq!(resolve(&files, path.into()).expect(path), target, "{path}");
    }
    let error = |path: &str| resolve(&files, path.into()).expect_err(path).raw_os_error();
    assert_eq!(error("/c/dangling"), not_found().raw_os_error());
    assert_eq!(error("/c/circle"), too_many_links().raw_os_error());
    assert_eq!(error("/c/to-file/x"), not_a_folder().raw_os_error());
}

/// Files that cannot be read.
#[derive(Debug)]
struct Locked;

impl Files for Locked {
    fn kind(&self, _: &Utf8Path) -> io::Result<FileKind> {
        Err(io::ErrorKind::PermissionDenied.into())
    }
    fn target(&self, _: &Utf8Path) -> io::Result<Utf8PathBuf> {
        Err(io::ErrorKind::PermissionDenied.into())
    }
    fn entries(&self, _: &Utf8Path) -> io::Result<Vec<FolderEntry>> {
        Err(io::ErrorKind::PermissionDenied.into())
    }
    fn content(&self, _: &Utf8Path, _: usize) -> io::Result<Content> {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

#[test]
fn an_overlay_does_not_hide_unreadable_files() {
    let files = Overlay::new(Arc::new(Locked), texts(&[("/c/d/e.yaml", "e")]));
    let denied = |error: io::Error| error.kind() == io::ErrorKind::PermissionDenied;
    for path in ["/c", "/c/d", "/c/x.yaml"] {
        let path = Utf8Path::new(path);
        assert!(files.kind(path).is_err_and(denied) && files.entries(path).is_err_and(denied), "{path}");
        assert!(files.content(path, 9).is_err_and(denied) && files.canonical(path).is_err_and(denied), "{path}");
    }
    assert!(files.content("/c/d/e.yaml".into(), 9).is_ok());
}

#[test]
fn an_overlay_replaces_and_adds_files() {
    let below = texts(&[("/c/a.yaml", "old"), ("/c/b.yaml", "b")]);
    let above = texts(&[("/c/a.yaml", "new"), ("/c/z.yaml", "z"), ("/c/d/e.yaml", "e")]);
    let files = Overlay::new(Arc::new(below), above);
    let names: Vec<String> =
        files.entries("/c".into()).expect("a folder").into_iter().map(|entry| entry.name).collect();
    assert_eq!(names, ["a.yaml", "b.yaml", "d", "z.yaml"]);
    let read = |path: &str| files.content(path.into(), 9).expect("a file");
    let bytes = |text: &str| Content::Bytes(text.as_bytes().to_vec());
    assert_eq!([read("/c/a.yaml"), read("/c/b.yaml"), read("/c/z.yaml")], [bytes("new"), bytes("b"), bytes("z")]);
    assert_eq!(files.content("/c/a.yaml".into(), 2).expect("a file"), Content::TooLarge);
    assert_eq!(read("/c/d"), Content::NotRegular);
    assert!(files.content("/c/x.yaml".into(), 9).is_err());
}
