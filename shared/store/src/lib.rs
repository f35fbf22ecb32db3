//! keng-store
