//! Sign-offs from end to end: with the real ssh-keygen both ways, under siege, and as the documentation tells it.
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
