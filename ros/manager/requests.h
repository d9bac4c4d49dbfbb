// Requests: answers the control socket from what the boot and the keeper know.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "control/protocol.h"
#include "control/server.h"
#include "manager/boot.h"
#include "manager/config_editor.h"
#include "manager/keeper.h"
#include "manager/report.h"
#include "sys/background.h"
#include "sys/files.h"
#include "sys/power.h"

namespace ros::manager {

class Requests {
 public:
  struct Sources {
    sys::EventLoop& loop;
    sys::Background& background;
    const sys::Files& files;
    const Boot& boot;
    ConfigEditor& editor;
    std::function<Keeper*()> keeper;  // null until the services may start
    std::function<BootReport()> report;
    std::function<Result<void>(sys::PowerAction)> power;
  };
  explicit Requests(Sources sources) : sources_(std::move(sources)) {}

  void handle(const control::Request& request, const std::shared_ptr<control::Reply>& reply);

  // A service changed: answers the requests that waited for it.
  void services_changed();

 private:
  using Reply = std::shared_ptr<control::Reply>;
  struct Waiting {
    std::vector<std::string> names;
    Reply reply;
  };

  void answer(const control::ServiceList& request, const Reply& reply);
  void answer(const control::ServicePs& request, const Reply& reply);
  void answer(const control::ServiceLogs& request, const Reply& reply);
  void answer(const control::ServiceStart& request, const Reply& reply);
  void answer(const control::ServiceUp& request, const Reply& reply);
  void answer(const control::ServiceStop& request, const Reply& reply);
  void answer(const control::ServiceRestart& request, const Reply& reply);
  void answer(const control::PlanGet& request, const Reply& reply);
  void answer(const control::ConfigGet& request, const Reply& reply);
  void answer(const control::ConfigValidate& request, const Reply& reply);
  void answer(const control::ConfigSet& request, const Reply& reply);
  void answer(const control::ConfigMerge& request, const Reply& reply);
  void answer(const control::ConfigExport& request, const Reply& reply);
  void answer(const control::StateGet& request, const Reply& reply);
  void answer(const control::BootReport& request, const Reply& reply);
  void answer(const control::Power& request, const Reply& reply);
  void answer(const control::Version& request, const Reply& reply);

  using Verb = std::function<Result<void>(supervise::Supervisor&, const std::string& name)>;
  void change_services(const std::vector<std::string>& names, const Verb& verb, const Reply& reply);
  void send_rows(const std::vector<std::string>& names, const Reply& reply) const;
  [[nodiscard]] control::ServiceRows rows(const std::vector<std::string>& names) const;
  [[nodiscard]] control::ServiceRow row(const supervise::Status& status) const;

  Sources sources_;
  std::list<Waiting> waiting_;
};

}  // namespace ros::manager
