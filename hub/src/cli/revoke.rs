//! `keng-hub revoke`.

use keng_desk::acts::By;
use keng_desk::{Told, clock};
use keng_domain::id::NodeId;
use keng_domain::schema::{Kind, LINE_CHARS_MAX, REVOKED_REASON};
use keng_store::Store;
use keng_store::revoke::{Revocation, RevokeRefused};

/// Which machine, and why.
#[derive(Debug, clap::Args)]
pub struct Revoke {
    /// Máy, như trong lệnh status: 610-1.
    node: String,
    /// Lý do; máy bị thu hồi và mọi đơn vị sẽ đọc được.
    #[arg(long)]
    reason: Option<String>,
    /// Tên cán bộ thu hồi (mặc định: tên đặt khi khởi tạo).
    #[arg(long)]
    officer: Option<String>,
}

impl Revoke {
    /// Takes the right to send away, for good.
    pub fn run(self, mut store: Store) -> Result<(), Told> {
        let reason = self.reason()?;
        let node = NodeId(self.node);
        let by = By { officer: self.officer, reason: Some(reason.clone()) };
        let now_ms = clock::now_ms();
        let revocation = Revocation { at: clock::rfc3339(now_ms), reason };
        match store.revoke(&node, &revocation, &by.stamp(&store), now_ms)? {
            Ok(()) => {
                println!("Đã thu hồi quyền kết nối của máy {node}. Số liệu máy đó đã gửi vẫn giữ nguyên.");
                Ok(())
            }
            Err(RevokeRefused::Unknown) => {
                Err(Told::new(format!("Không có máy {node}."), "Chưa ghi gì.", "Hãy xem mã các máy bằng lệnh status."))
            }
            Err(RevokeRefused::Already(earlier)) => Err(Told::refused(format!(
                "Máy {node} đã bị thu hồi từ trước ({}; lý do: {}).",
                earlier.at, earlier.reason
            ))),
            Err(RevokeRefused::IsHub) => Err(Told::refused("Không thể thu hồi chính trạm tỉnh.")),
        }
    }

    fn reason(&self) -> Result<String, Told> {
        let field = Kind::Register.field(REVOKED_REASON).ok_or_else(|| Told::refused("Thiếu mục lý do thu hồi."))?;
        match field.read(self.reason.as_deref().unwrap_or_default()) {
            Ok(keng_domain::field::Value::Text(reason)) => Ok(reason),
            Ok(_) => Err(Told::refused("Phải nêu lý do thu hồi (--reason).")),
            Err(_) => Err(Told::refused(format!("Lý do dài quá {LINE_CHARS_MAX} ký tự. Hãy rút ngắn."))),
        }
    }
}
