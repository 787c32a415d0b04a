//! Parses text to documents. One pass over the parser's events produces values and spans, with limits on depth, size and alias expansion.

use std::collections::BTreeMap;

use granit_parser::{Event, Options, Parser, ScalarStyle, StrInput, Tag};

mod mapping;

use mapping::{Key, Mapping};

use super::{
    file::{SourceFile, floor_boundary},
    node::{Entry, Node, Yaml, measure, merge},
    problem::{Problem, excerpt},
    scalar,
    span::Span,
};

/// Limits for one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YamlLimits {
    /// Documents in a file.
    pub documents: usize,
    /// Nested collections, after aliases are expanded.
    pub depth: usize,
    /// Values in a document, after aliases are expanded.
    pub nodes: usize,
    /// Aliases in a document.
    pub aliases: usize,
}

impl Default for YamlLimits {
    fn default() -> Self {
        Self { documents: 5_000, depth: 32, nodes: 50_000, aliases: 1_000 }
    }
}

/// One YAML document of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The number of the document in the file, from 0.
    pub index: usize,
    /// The value of the document.
    pub root: Node,
}

/// The content of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parsed {
    /// The documents that have a value.
    pub documents: Vec<Document>,
    /// The problems of all documents. A document with a value may have problems too, such as a duplicate key.
    pub problems: Vec<Problem>,
}

/// Parses all documents of a file. leaver also reads the documents after a broken document.
pub fn parse(file: &SourceFile, limits: &YamlLimits) -> Parsed {
    let text = file.text();
    let mut parsed = Parsed::default();
    if let Some((at, bad)) = control_character(text) {
        let code = u32::from(bad);
        parsed.problems.push(Problem::new(
            Span::new(at, at + bad.len_utf8()),
            format!("control character U+{code:04X} is not allowed in YAML"),
        ));
        return parsed;
    }
    let mut options = Options::default();
    options.block_nesting_limit = limits.depth.saturating_add(1);
    options.flow_nesting_limit = limits.depth.saturating_add(1);
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut index = 0;
    loop {
        if index >= limits.documents {
            if matches!(parser.proceed_next_document(), Ok(true)) {
                let end = Span::new(text.len(), text.len());
                parsed.problems.push(
                    Problem::new(end, format!("more than {} documents in one file", limits.documents))
                        .help("split the file, or raise `limits.documents` in leaver.yaml")
                        .limit(),
                );
            }
            return parsed;
        }
        let mut builder = Builder::new(text, limits);
        match builder.document(&mut parser) {
            Ok(Some(root)) => parsed.documents.push(Document { index, root }),
            Ok(None) => {}
            Err(Stop::End) => {
                parsed.problems.append(&mut builder.problems);
                return parsed;
            }
            Err(Stop::Problem(problem)) => {
                let limit = problem.limit;
                builder.problems.push(*problem);
                // NOTE: if a limit was reached, parsing the rest of the file could take very long. The file is refused in any case.
                if limit || !matches!(parser.proceed_next_document(), Ok(true)) {
                    parsed.problems.append(&mut builder.problems);
                    return parsed;
                }
            }
        }
        parsed.problems.append(&mut builder.problems);
        index += 1;
    }
}

/// Returns the first character that YAML does not allow.
fn control_character(text: &str) -> Option<(usize, char)> {
    // 0xC2 is the first byte of U+0080 to U+00BF. Without an early exit, the compiled code compares many bytes at once.
    let may_be_control = |byte: u8| matches!(byte, 0..=8 | 11 | 12 | 14..=31 | 0x7F | 0xC2);
    if !text.bytes().fold(false, |found, byte| found | may_be_control(byte)) {
        return None;
    }
    text.char_indices().find(|(_, c)| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{85}'))
}

enum Stop {
    End,
    Problem(Box<Problem>),
}

struct Frame {
    start: usize,
    anchor: usize,
    flow: bool,
    kind: Kind,
}

/// A collection while it is parsed. The builder keeps the items of all open collections in one list; the items of this collection start at `first`.
enum Kind {
    List { first: usize },
    Map { first: usize, mapping: Mapping },
}

struct Anchored {
    node: Node,
    depth: usize,
    nodes: usize,
}

struct Builder<'a> {
    text: &'a str,
    limits: &'a YamlLimits,
    stack: Vec<Frame>,
    /// The items of all open lists.
    items: Vec<Node>,
    /// The entries of all open mappings.
    entries: Vec<Entry>,
    anchors: BTreeMap<usize, Anchored>,
    nodes: usize,
    aliases: usize,
    root: Option<Node>,
    problems: Vec<Problem>,
}

impl<'a> Builder<'a> {
    fn new(text: &'a str, limits: &'a YamlLimits) -> Self {
        Self {
            text,
            limits,
            stack: Vec::new(),
            items: Vec::new(),
            entries: Vec::new(),
            anchors: BTreeMap::new(),
            nodes: 0,
            aliases: 0,
            root: None,
            problems: Vec::new(),
        }
    }

    /// Reads events up to the end of one document.
    fn document(&mut self, parser: &mut Parser<'a, StrInput<'a>>) -> Result<Option<Node>, Stop> {
        loop {
            let (event, at) = match parser.next_event() {
                None => return Err(Stop::End),
                Some(Err(error)) => {
                    return Err(Stop::Problem(Box::new(Problem::syntax_error(self.text, &error, self.limits.depth))));
                }
                Some(Ok(next)) => next,
            };
            let bytes = |at: granit_parser::Span| {
                at.byte_range().map_or(Span::default(), |range| Span::new(range.start, range.end))
            };
            let span = bytes(at);
            let tag_span = at.tag_span().map_or(span, bytes);
            match event {
                Event::StreamEnd => return Err(Stop::End),
                Event::DocumentEnd => return Ok(self.root.take()),
                Event::Scalar(text, style, anchor, tag) => {
                    let span = self.trim(span, style);
                    let node = self.scalar(&text, style, span, tag.as_deref().map(|tag| (tag, tag_span)))?;
                    self.finish(node, anchor, 0, 1)?;
                }
                Event::SequenceStart(style, anchor, tag) => {
                    self.check_tag(tag.as_deref(), "seq", tag_span);
                    let kind = Kind::List { first: self.items.len() };
                    self.open(Frame { start: span.start(), anchor, flow: is_flow(style), kind }, span)?;
                }
                Event::MappingStart(style, anchor, tag) => {
                    self.check_tag(tag.as_deref(), "map", tag_span);
                    let kind = Kind::Map { first: self.entries.len(), mapping: Mapping::default() };
                    self.open(Frame { start: span.start(), anchor, flow: is_flow(style), kind }, span)?;
                }
                Event::SequenceEnd | Event::MappingEnd => self.close(span)?,
                Event::Alias(id) => self.alias(id, span)?,
                _ => {}
            }
        }
    }

    fn open(&mut self, frame: Frame, span: Span) -> Result<(), Stop> {
        if self.stack.len() >= self.limits.depth {
            return Err(self.too_deep(span));
        }
        self.stack.push(frame);
        Ok(())
    }

    fn close(&mut self, span: Span) -> Result<(), Stop> {
        let Some(Frame { start, anchor, flow, kind }) = self.stack.pop() else { return Ok(()) };
        let value = match kind {
            Kind::List { first } => Yaml::List(self.items.drain(first..).collect()),
            Kind::Map { first, mapping } if mapping.merges.is_empty() => {
                Yaml::Map(self.entries.drain(first..).collect())
            }
            Kind::Map { first, mapping } => {
                let mut entries: Vec<Entry> = self.entries.drain(first..).collect();
                merge(&mut entries, &mapping.merges);
                Yaml::Map(entries.into())
            }
        };
        // NOTE: the end event of a block collection is at the next token, possibly several lines below.
        let last = match &value {
            Yaml::List(items) => items.last().map(|item| item.span().end()),
            Yaml::Map(entries) => entries.last().map(|entry| entry.value.span().end().max(entry.key_span().end())),
            _ => None,
        };
        let end = if flow { span.end() } else { last.unwrap_or(span.end()) };
        let node = Node::new(Span::new(start, end.max(start)), value);
        let (depth, nodes) = if anchor == 0 { (0, 1) } else { measure(&node) };
        self.finish(node, anchor, depth, nodes)
    }

    fn alias(&mut self, id: usize, span: Span) -> Result<(), Stop> {
        self.aliases += 1;
        if self.aliases > self.limits.aliases {
            let problem = Problem::new(span, format!("more than {} aliases in one document", self.limits.aliases));
            return Err(Stop::Problem(Box::new(
                problem.help("write the values out, or raise `limits.aliases` in leaver.yaml").limit(),
            )));
        }
        let Some(anchored) = self.anchors.get(&id) else {
            // The anchor is still open, so the value would contain itself.
            return Err(Stop::Problem(Box::new(Problem::new(
                span,
                "this alias is inside the value that it refers to",
            ))));
        };
        let (depth, nodes) = (anchored.depth, anchored.nodes);
        if self.stack.len() + depth > self.limits.depth {
            return Err(self.too_deep(span));
        }
        self.count_nodes(nodes, span)?;
        let Some(anchored) = self.anchors.get(&id) else { return Ok(()) };
        let node = anchored.node.aliased(span);
        self.add_to_parent(node)
    }

    /// Registers a finished value and adds it to its parent.
    fn finish(&mut self, node: Node, anchor: usize, depth: usize, nodes: usize) -> Result<(), Stop> {
        self.count_nodes(1, node.span())?;
        if anchor != 0 {
            self.anchors.insert(anchor, Anchored { node: node.clone(), depth, nodes });
        }
        self.add_to_parent(node)
    }

    fn count_nodes(&mut self, nodes: usize, span: Span) -> Result<(), Stop> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > self.limits.nodes {
            let problem = Problem::new(
                span,
                format!("the document has more than {} values once its aliases are expanded", self.limits.nodes),
            );
            return Err(Stop::Problem(Box::new(
                problem.help("split the document, or raise `limits.nodes` in leaver.yaml").limit(),
            )));
        }
        Ok(())
    }

    fn too_deep(&self, span: Span) -> Stop {
        Stop::Problem(Box::new(Problem::too_deep(span, self.limits.depth)))
    }

    fn add_to_parent(&mut self, node: Node) -> Result<(), Stop> {
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Frame { kind: Kind::List { .. }, .. }) => self.items.push(node),
            Some(Frame { kind: Kind::Map { first, mapping }, .. }) => match mapping.key.take() {
                None => {
                    let key = Key::new(self.text, &node).map_err(|problem| Stop::Problem(Box::new(problem)))?;
                    self.problems.extend(mapping.set_key(key, self.entries.get(*first..).unwrap_or_default()));
                }
                Some(key) if key.is_merge() => match node.value() {
                    Yaml::Map(_) => mapping.merges.push(node),
                    Yaml::List(items) if items.iter().all(|item| matches!(item.value(), Yaml::Map(_))) => {
                        mapping.merges.extend(items.iter().cloned());
                    }
                    _ => self.problems.push(
                        Problem::new(node.span(), "the merge key `<<` needs a mapping, or a list of mappings")
                            .help("name an anchor of a mapping: `<<: *defaults`"),
                    ),
                },
                Some(key) if key.is_duplicate => {}
                Some(key) => {
                    self.entries.push(Entry::new(key.text, key.span, key.plain, node));
                }
            },
        }
        Ok(())
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: Span, tag: Option<(&Tag, Span)>) -> Result<Node, Stop> {
        let plain = style == ScalarStyle::Plain && tag.is_none();
        let value = match tag {
            _ if plain => scalar::parse_plain(text),
            None => Ok(Yaml::Text(text.into())),
            Some((tag, tag_span)) => match tag.core_suffix().and_then(|suffix| scalar::parse_tagged(suffix, text)) {
                Some(value) => value,
                None if tag.handle().is_empty() && tag.suffix() == "!" => Ok(Yaml::Text(text.into())),
                None => {
                    self.check_tag(Some(tag), "", tag_span);
                    Ok(Yaml::Text(text.into()))
                }
            },
        };
        match value {
            Ok(value) if plain => Ok(Node::plain(span, value)),
            Ok(value) => Ok(Node::new(span, value)),
            Err(reason) => {
                let problem =
                    Problem::new(span, format!("`{}` {reason}", excerpt(text))).help("put it in quotes if it is text");
                Err(Stop::Problem(Box::new(problem)))
            }
        }
    }

    fn check_tag(&mut self, tag: Option<&Tag>, allowed: &str, span: Span) {
        let Some(tag) = tag else { return };
        if !allowed.is_empty() && tag.core_suffix() == Some(allowed) {
            return;
        }
        self.problems.push(
            Problem::new(span, format!("unknown tag `{}`", excerpt(&tag.original())))
                .help("declarations have no tags: write the plain value"),
        );
    }

    /// Removes blank lines and indentation at both ends of the span of a block scalar.
    fn trim(&self, span: Span, style: ScalarStyle) -> Span {
        if !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            return span;
        }
        let end = floor_boundary(self.text, span.end());
        let start = floor_boundary(self.text, span.start()).min(end);
        let text = self.text.get(start..end).unwrap_or("");
        let lead = text.len() - text.trim_start().len();
        if lead == text.len() {
            Span::new(start, start)
        } else {
            Span::new(start + lead, start + text.trim_end().len())
        }
    }
}

fn is_flow(style: granit_parser::StructureStyle) -> bool {
    style == granit_parser::StructureStyle::Flow
}
