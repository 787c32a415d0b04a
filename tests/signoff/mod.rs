//! Sign-offs end to end: with the real ssh-keygen in both directions, under attack, and as documented.
#![cfg(unix)]

mod board;
mod digest;
mod docs;
mod escape;
mod forged;
mod interop;
mod lines;
mod owners;
mod patterns;
mod shown;
mod siege;
mod states;
mod trusted;
mod width;
