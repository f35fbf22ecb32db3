//! keng-web
