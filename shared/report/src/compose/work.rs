//! What a model does, as the papers about it tell.

use keng_domain::letter::Work;

use super::minutes::BLANK;
use super::proposal::sentence;
use crate::document::Block;

/// Aim, content and method of a model; what nobody has entered is left to be written.
pub fn work(of: &Work) -> [Block; 3] {
    [("Mục tiêu", &of.goal), ("Nội dung", &of.content), ("Cách làm", &of.method)].map(|(what, said)| {
        let said: Vec<String> = said.iter().map(|line| sentence(line)).collect();
        let said = if said.is_empty() { BLANK.to_owned() } else { said.join(" ") };
        Block::item(format!("{what}: {said}"))
    })
}
