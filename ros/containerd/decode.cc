#include "containerd/decode.h"

#include <events/container.pb.h>
#include <events/task.pb.h>
#include <types/event.pb.h>

#include <nlohmann/json.hpp>

namespace ros::containerd {
namespace {

using Json = nlohmann::json;

std::unexpected<Error> undecodable(std::string_view what) {
  return std::unexpected(Error{EPROTO, "containerd: " + std::string(what) + " can't be decoded"});
}

// The object member `name`, or a discarded value.
Json member(const Json& object, const char* name) {
  if (!object.is_object() || !object.contains(name)) return Json(Json::value_t::discarded);
  return object.at(name);
}

std::string text_member(const Json& object, const char* name) {
  const Json value = member(object, name);
  return value.is_string() ? value.get<std::string>() : std::string();
}

void fill(const ::containerd::events::TaskCreate& from, Event& event) {
  event.container_id = from.container_id();
  event.pid = from.pid();
}

void fill(const ::containerd::events::TaskStart& from, Event& event) {
  event.container_id = from.container_id();
  event.pid = from.pid();
}

void fill(const ::containerd::events::TaskExit& from, Event& event) {
  event.container_id = from.container_id();
  event.pid = from.pid();
  event.exit_code = from.exit_status();
  event.exec_id = from.id();
}

void fill(const ::containerd::events::TaskDelete& from, Event& event) {
  event.container_id = from.container_id();
  event.pid = from.pid();
  event.exit_code = from.exit_status();
  event.exec_id = from.id();
}

void fill(const ::containerd::events::TaskOOM& from, Event& event) {
  event.container_id = from.container_id();
}

template <class ContainerEvent>
void fill(const ContainerEvent& from, Event& event) {
  event.container_id = from.id();
}

template <class Message>
bool decode(const std::string& bytes, Event& event) {
  Message message;
  if (!message.ParseFromString(bytes)) return false;
  fill(message, event);
  return true;
}

struct Topic {
  std::string_view name;
  bool (*decode)(const std::string& bytes, Event& event);
};

constexpr Topic kTopics[] = {
    {"/tasks/create", decode<::containerd::events::TaskCreate>},
    {"/tasks/start", decode<::containerd::events::TaskStart>},
    {"/tasks/exit", decode<::containerd::events::TaskExit>},
    {"/tasks/delete", decode<::containerd::events::TaskDelete>},
    {"/tasks/oom", decode<::containerd::events::TaskOOM>},
    {"/containers/create", decode<::containerd::events::ContainerCreate>},
    {"/containers/update", decode<::containerd::events::ContainerUpdate>},
    {"/containers/delete", decode<::containerd::events::ContainerDelete>},
};

}  // namespace

Result<Event> decode_event(const std::string& envelope) {
  ::containerd::types::Envelope parsed;
  if (!parsed.ParseFromString(envelope)) return undecodable("event");
  Event event;
  event.topic = parsed.topic();
  for (const Topic& topic : kTopics) {
    if (topic.name != event.topic) continue;
    if (!topic.decode(parsed.event().value(), event)) return undecodable("event " + event.topic);
  }
  return event;
}

Result<std::string> with_shim_group(const std::string& spec_json, const std::string& group) {
  if (group.empty()) return spec_json;
  Json spec = Json::parse(spec_json, nullptr, false);
  if (!spec.is_object()) return fail_errno("OCI specification", EINVAL);
  Json& annotations = spec["annotations"];
  if (!annotations.is_object()) annotations = Json::object();
  annotations[std::string(kShimGroupAnnotation)] = group;
  return spec.dump();
}

std::string shim_group_of(const std::string& spec_json) {
  const Json spec = Json::parse(spec_json, nullptr, false);
  return text_member(member(spec, "annotations"), std::string(kShimGroupAnnotation).c_str());
}

Result<std::string> exec_process(const std::string& spec_json,
                                 const std::vector<std::string>& argv) {
  Json process = member(Json::parse(spec_json, nullptr, false), "process");
  if (!process.is_object()) return undecodable("the container's specification");
  process["args"] = argv;
  process["terminal"] = false;
  process.erase("consoleSize");
  return process.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace ros::containerd
