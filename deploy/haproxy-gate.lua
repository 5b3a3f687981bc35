-- Asks the gate "plant" of Jeton on 127.0.0.1:8086 about a request. The key is in the variable JETON_GATE_KEY.
local url, key = "http://127.0.0.1:8086/gate/plant/auth?args=rewritten", os.getenv("JETON_GATE_KEY")

local function first(values)
    for _, value in pairs(values or {}) do return value end
    return ""
end

core.register_action("gate", { "http-req" }, function(txn)
    local received = txn.http:req_get_headers()
    local headers = { ["x-gate-key"] = { key }, ["x-forwarded-for"] = { txn.sf:src() } }
    headers["x-original-method"], headers["x-original-uri"] = { txn.sf:method() }, { txn.sf:pathq() }
    headers["x-original-content-length"] = received["content-length"]
    headers["x-original-transfer-encoding"] = received["transfer-encoding"]
    for _, name in ipairs({ "authorization", "content-type", "content-encoding" }) do headers[name] = received[name] end
    local answer = core.httpclient():get{ url = url, headers = headers, timeout = 10000 } or {}
    local given, authorization = answer.headers or {}, first((answer.headers or {})["x-gate-authorization"])
    txn:set_var("txn.gate_status", answer.status or 503)
    txn:set_var("txn.gate_error", first(given["x-gate-error"]))
    if answer.status ~= 204 then return end
    txn.http:req_set_query(first(given["x-gate-args"]))
    txn.http:req_del_header("authorization")
    if authorization ~= "" then txn.http:req_set_header("authorization", authorization) end
end)
