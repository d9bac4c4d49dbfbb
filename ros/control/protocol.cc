#include "control/protocol.h"

#include "control/fields.h"

namespace ros::control {
namespace {

using internal::Json;
using internal::parse_object;
using internal::Reader;
using internal::to_text;
using internal::Writer;

[[nodiscard]] std::string text_field(const Json& json, const char* name) {
  std::string value;
  Reader reader(json);
  reader(name, value);
  return value;
}

template <class Operation>
[[nodiscard]] Result<Request> read_request(const Json& json) {
  Operation operation;
  Reader reader(json);
  Operation::fields(reader, operation);
  if (reader.error().empty()) return Request(std::move(operation));
  return fail_errno(fmt::format("{}: {}", Operation::kOp, reader.error()), EINVAL);
}

struct Decoder {
  const char* op;
  Result<Request> (*decode)(const Json&);
};

// One entry for each alternative of Request.
template <class... Operations>
[[nodiscard]] constexpr auto make_decoders(std::variant<Operations...>*) {
  return std::to_array<Decoder>({{Operations::kOp, &read_request<Operations>}...});
}
constexpr auto kDecoders = make_decoders(static_cast<Request*>(nullptr));

std::string_view name(Role role) {
  constexpr auto kNames = std::to_array<std::string_view>({"power", "reader", "admin"});
  return kNames[static_cast<std::size_t>(role)];
}

}  // namespace

std::string encode_hello() {
  return to_text({{"version", kProtocolVersion}});
}

Result<void> decode_hello(const std::string& frame) {
  const auto json = parse_object(frame);
  std::int64_t version = 0;
  if (json) {
    Reader reader(*json);
    reader("version", version);
  }
  if (version == kProtocolVersion) return {};
  if (version == 0) return fail_errno("the first frame names no protocol version", EPROTO);
  return fail_errno(
      fmt::format("protocol version {}, the manager speaks {}", version, kProtocolVersion),
      EPROTONOSUPPORT);
}

std::string encode_request(const Request& request) {
  return std::visit(
      [](const auto& operation) {
        Json json = Writer::write(operation);
        json["op"] = operation.kOp;
        return to_text(json);
      },
      request);
}

Result<Request> decode_request(const std::string& frame) {
  const auto json = parse_object(frame);
  if (!json) return fail_errno("a request that is no JSON object", EPROTO);
  const std::string op = text_field(*json, "op");
  for (const auto& each : kDecoders) {
    if (op == each.op) return each.decode(*json);
  }
  return fail_errno(fmt::format("operation '{}'", op), ENOSYS);
}

Result<void> check_role(Role caller, const Request& request) {
  return std::visit(
      [caller](const auto& operation) -> Result<void> {
        if (caller == Role::kAdmin || caller == operation.kRole) return {};
        return fail_errno(fmt::format("{} needs the role '{}'; this socket gives '{}'",
                                      operation.kOp, name(operation.kRole), name(caller)),
                          EACCES);
      },
      request);
}

std::string encode_error(const Error& error) {
  return to_text({{"error", error.message}, {"code", error.code}});
}

template <class Reply>
std::string encode_reply(const Reply& reply, bool more) {
  Json json = Writer::write(reply);
  json["ok"] = true;
  if (more) json["more"] = true;
  return to_text(json);
}

template <class Reply>
Result<Answer<Reply>> decode_reply(const std::string& frame) {
  const auto json = parse_object(frame);
  if (!json) return fail_errno("a reply that is no JSON object", EPROTO);
  Answer<Reply> answer;
  bool ok = false;
  std::int64_t code = 0;
  Reader reader(*json);
  reader("ok", ok);
  reader("code", code);
  reader("more", answer.more);
  Reply::fields(reader, answer.reply);
  if (!reader.error().empty()) return fail_errno("reply: " + reader.error(), EPROTO);
  if (ok) return answer;
  const std::string message = text_field(*json, "error");
  return std::unexpected(Error{static_cast<int>(code), message.empty() ? "no reason" : message});
}

template std::string encode_reply(const Done&, bool);
template std::string encode_reply(const ServiceRows&, bool);
template std::string encode_reply(const LogLines&, bool);
template std::string encode_reply(const Text&, bool);
template std::string encode_reply(const ComplaintRows&, bool);
template std::string encode_reply(const StateInfo&, bool);
template std::string encode_reply(const VersionInfo&, bool);
template Result<Answer<Done>> decode_reply(const std::string&);
template Result<Answer<ServiceRows>> decode_reply(const std::string&);
template Result<Answer<LogLines>> decode_reply(const std::string&);
template Result<Answer<Text>> decode_reply(const std::string&);
template Result<Answer<ComplaintRows>> decode_reply(const std::string&);
template Result<Answer<StateInfo>> decode_reply(const std::string&);
template Result<Answer<VersionInfo>> decode_reply(const std::string&);

}  // namespace ros::control
