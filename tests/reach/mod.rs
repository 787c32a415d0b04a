//! Each finding names the team that owns it, and the team can act on it without knowing the files of other teams.

mod baseline;
mod options;
mod owners;
mod removed;
mod selected;
mod waive;
