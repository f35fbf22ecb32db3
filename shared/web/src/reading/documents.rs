//! Fills the card "Hồ sơ".

use keng_desk::documents::dossier::dossier;
use keng_desk::documents::{BYTES_MAX, about, removed_words, state_words, summary};
use keng_domain::id::RecordId;
use keng_domain::schema::Kind;
use keng_domain::text::{compare, date_dmy};
use keng_store::blobs::{DocumentView, FileState};
use keng_store::{Role, StoreError};

use super::Reading;
use crate::format;
use crate::pages::documents::{DocumentRow, DocumentsCard, RemovedRow, Upload};
use crate::parts::{Link, Tag, Tone};

impl Reading<'_> {
    /// The documents of a record; of a model also those of the models merged into it. With the
    /// token of forms it offers to add one.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn documents_card(&self, record: RecordId, csrf: &str) -> Result<DocumentsCard, StoreError> {
        let role = self.store.identity().role;
        let mut documents = self.store.documents_of(Some(record))?;
        let mut removed = self.store.documents_removed_from(record)?;
        for model in self.models.iter().filter(|m| m.id != record && self.merges.target(m.id) == record) {
            documents.extend(self.store.documents_of(Some(model.id))?);
            removed.extend(self.store.documents_removed_from(model.id)?);
        }
        documents.sort_by(|a, b| {
            let (a, b) = (&a.document, &b.document);
            compare(a.kind_label(), b.kind_label()).then_with(|| compare(&a.name, &b.name))
        });
        Ok(DocumentsCard {
            record,
            summary: summary(&documents, role),
            checklist: dossier(self.store, record, &self.names.pack)?.map(|d| d.sentence()),
            rows: documents.iter().map(|d| self.document_row(d, role)).collect(),
            removed: removed
                .iter()
                .map(|(view, last)| RemovedRow {
                    id: view.document.id,
                    name: view.document.name.clone(),
                    kind: view.document.kind_label().to_owned(),
                    why: removed_words(last),
                })
                .collect(),
            upload: Some(Upload {
                csrf: csrf.to_owned(),
                bytes_max: BYTES_MAX,
                kind: String::new(),
                way: match role {
                    Role::Node => "Lưu ngay tại máy; tệp tự gửi lên tỉnh sau số liệu, đứt mạng thì gửi tiếp từ chỗ dở.",
                    Role::Hub => "Lưu ngay tại tỉnh; máy của đơn vị thấy văn bản ở lần nối tới và tải về khi cần.",
                },
            }),
        })
    }

    /// Whether the page of a record of this kind has the card.
    #[must_use]
    pub fn has_documents(kind: &str) -> bool {
        Kind::of_code(kind).is_some_and(Kind::has_documents)
    }

    fn document_row(&self, view: &DocumentView, role: Role) -> DocumentRow {
        let document = &view.document;
        let tone = match view.state(role) {
            FileState::Both | FileState::AtHub => Tone::Ok,
            FileState::Waiting => Tone::Wait,
            FileState::Elsewhere => Tone::Calm,
        };
        let at = format::near(format::of_millis(view.added_at_ms), self.now);
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        DocumentRow {
            id: document.id,
            file: Link::new(&document.name, format!("/documents/{}", document.hash)),
            kind: document.kind_label().to_owned(),
            about: about(document),
            details: [
                text(&document.number),
                document.issued_on.map_or_else(String::new, date_dmy),
                text(&document.issuer),
                text(&document.subject),
                text(&document.signer_title),
                text(&document.signer),
                document.pages.map_or_else(String::new, |n| n.to_string()),
            ],
            size: format::bytes(document.bytes),
            by: format!("{} · {at}", view.officer),
            state: Tag::new(tone, state_words(view, role)),
        }
    }
}
