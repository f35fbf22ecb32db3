//! keng-tests
