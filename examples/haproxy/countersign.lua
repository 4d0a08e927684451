-- Asks Countersign about the browser's certificate, and leaves status, subject, account and redirect in variables of the request.
-- Without an answer the status stays 0, and haproxy.cfg refuses.
core.register_action("countersign", { "http-req" }, function(txn)
  local headers = {
    ["host"] = { "id.example:8443" },
    ["x-original-url"] = { "https://shop.example" .. txn.f:pathq() },
  }
  local der = txn.f:ssl_c_der()
  if der and der ~= "" then
    headers["client-cert"] = { ":" .. txn.c:base64(der) .. ":" }
  end
  local answer = core.httpclient():get {
    url = "http://id.example/v1/forward-auth",
    dst = "abns@countersign",
    headers = headers,
    timeout = 3000,
  }
  local function told(name)
    local values = answer.headers and answer.headers[name]
    return values and values[0] or ""
  end
  txn:set_var("txn.status", answer.status or 0)
  txn:set_var("txn.subject", told("countersign-subject"))
  txn:set_var("txn.account", told("countersign-account"))
  txn:set_var("txn.redirect", told("countersign-redirect"))
end)
