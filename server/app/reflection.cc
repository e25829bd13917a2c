#include "server/app/reflection.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <set>

namespace alcove::app {
namespace {

namespace v1alpha = grpc::reflection::v1alpha;
using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;

// A file and everything it imports, each once.
void Describe(const FileDescriptor& file, std::set<std::string>& seen, v1alpha::FileDescriptorResponse* out) {
  if (!seen.insert(file.name()).second) return;
  FileDescriptorProto description;
  file.CopyTo(&description);
  out->add_file_descriptor_proto(description.SerializeAsString());
  for (int i = 0; i < file.dependency_count(); ++i) Describe(*file.dependency(i), seen, out);
}

class Conversation final
    : public grpc::ServerBidiReactor<v1alpha::ServerReflectionRequest, v1alpha::ServerReflectionResponse> {
 public:
  explicit Conversation(const Reflection& reflection) : reflection_(reflection) { StartRead(&request_); }

  void OnReadDone(bool ok) override {
    if (!ok) {
      Finish(grpc::Status::OK);
      return;
    }
    response_ = reflection_.Answer(request_);
    StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override {
    if (ok) {
      StartRead(&request_);
    } else {
      Finish(grpc::Status::CANCELLED);
    }
  }
  void OnDone() override { delete this; }

 private:
  const Reflection& reflection_;
  v1alpha::ServerReflectionRequest request_;
  v1alpha::ServerReflectionResponse response_;
};

}  // namespace

grpc::ServerBidiReactor<v1alpha::ServerReflectionRequest, v1alpha::ServerReflectionResponse>*
Reflection::ServerReflectionInfo(grpc::CallbackServerContext*) {
  return new Conversation(*this);
}

v1alpha::ServerReflectionResponse Reflection::Answer(const v1alpha::ServerReflectionRequest& request) const {
  v1alpha::ServerReflectionResponse response;
  response.set_valid_host(request.host());
  *response.mutable_original_request() = request;
  const DescriptorPool& pool = *DescriptorPool::generated_pool();
  const FileDescriptor* file = nullptr;
  switch (request.message_request_case()) {
    case v1alpha::ServerReflectionRequest::kListServices:
      for (const std::string& name : services_) response.mutable_list_services_response()->add_service()->set_name(name);
      return response;
    case v1alpha::ServerReflectionRequest::kFileByFilename: file = pool.FindFileByName(request.file_by_filename()); break;
    case v1alpha::ServerReflectionRequest::kFileContainingSymbol:
      file = pool.FindFileContainingSymbol(request.file_containing_symbol());
      break;
    default: break;
  }
  if (file == nullptr) {
    response.mutable_error_response()->set_error_code(grpc::StatusCode::NOT_FOUND);
    response.mutable_error_response()->set_error_message("not found");
    return response;
  }
  std::set<std::string> seen;
  Describe(*file, seen, response.mutable_file_descriptor_response());
  return response;
}

}  // namespace alcove::app
