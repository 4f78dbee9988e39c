//! The two endpoints of the API.

/// An endpoint of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Prices an order.
    Calculate,
    /// Places an order.
    Order,
}

impl Endpoint {
    /// The URL below `base_url`, which has no trailing slash. `api_key` is percent-encoded.
    #[must_use]
    pub fn url(self, base_url: &str, api_key: &str) -> String {
        let path = match self {
            Self::Calculate => "/calculate/order",
            Self::Order => "/order",
        };
        [base_url, "/client/api/v1/", api_key, path].concat()
    }
}
