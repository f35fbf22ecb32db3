//! Fills the form of a model, and reads it against what stands now.

use keng_desk::acts::{self, Given};
use keng_domain::field::Value;
use keng_domain::id::RecordId;
use keng_domain::schema::{Kind, WITHDRAWN};
use keng_store::StoreError;

use super::Reading;
use crate::form::{Input, Typed};
use crate::pages::model_edit::ModelEditPage;
use crate::shell::Shell;

impl Reading<'_> {
    /// The form of a model as things stand now. The record itself, also when it was merged into another
    /// one: what is written must be what was shown.
    ///
    /// # Errors
    /// [`StoreError::NoRecord`].
    pub fn model_edit_page(&self, shell: Shell, id: RecordId) -> Result<ModelEditPage, StoreError> {
        let view = self.store.record(id)?.filter(|v| v.kind == Kind::Model.code()).ok_or(StoreError::NoRecord(id))?;
        let mut inputs = self.record_inputs(Kind::Model, Some(&view))?;
        // What nobody runs can be taken out of lists; what some run comes to an end with its points.
        let is_run = self.points_of(id).next().is_some();
        inputs.retain(|input| input.key != WITHDRAWN || !input.value.is_empty() || !is_run);
        Ok(ModelEditPage {
            id,
            name: self.names.record(&view),
            was: inputs.iter().map(|i| (i.key.clone(), i.value.clone())).collect(),
            inputs,
            reason: String::new(),
            fault: None,
            shell,
        })
    }

    /// What a sent form asks to write: touched fields alone. Or the page again, with everything that was typed and
    /// what is wrong beside it.
    ///
    /// # Errors
    /// [`StoreError::NoRecord`].
    pub fn model_given(
        &self,
        shell: Shell,
        id: RecordId,
        typed: &Typed,
    ) -> Result<Result<Vec<Given>, Box<ModelEditPage>>, StoreError> {
        let mut page = self.model_edit_page(shell, id)?;
        let changed = typed.changed(&page.inputs);
        let given: Vec<Given> = changed.into_iter().map(|(key, text)| (key, text.to_owned())).collect();
        for input in &mut page.inputs {
            let Some((_, text)) = given.iter().find(|(key, _)| *key == input.key) else { continue };
            *input = self.with_text(input, text, typed.overtaken(input));
        }
        typed.text("reason").clone_into(&mut page.reason);
        Ok(if page.inputs.iter().any(|i| i.error.is_some()) { Err(Box::new(page)) } else { Ok(given) })
    }

    /// The field with what was typed, and why that cannot be written.
    fn with_text(&self, input: &Input, text: &str, is_overtaken: bool) -> Input {
        let Some(spec) = Kind::Model.field(&input.key) else { return input.clone() };
        let typed = input.clone().typed(spec, text);
        if typed.error.is_some() {
            return typed;
        }
        let error = match acts::read_one(self.store, Kind::Model, &input.key, text) {
            // The label stands before it already.
            Err(why) => Some(why.strip_prefix(&format!("{}: ", input.label)).unwrap_or(&why).to_owned()),
            Ok(Value::Null) if input.key == "name" => Some("Mô hình phải có tên".to_owned()),
            Ok(_) => is_overtaken.then(|| overtaken(&input.value)),
        };
        Input { error, ..typed }
    }
}

/// What an officer is told who has not seen the value that saving would replace.
#[must_use]
pub fn overtaken(now: &str) -> String {
    let now = if now.is_empty() { "(trống)" } else { now };
    format!("Nơi khác vừa ghi “{now}”. Nếu vẫn muốn ghi giá trị của mình, bấm “Lưu” lần nữa")
}
