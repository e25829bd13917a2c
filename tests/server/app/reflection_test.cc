#include "server/app/reflection.h"

#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include "alcove/v1/intake_service.pb.h"

namespace alcove::app {
namespace {

TEST(Reflection, NamesWhatItWasGivenAndDescribesItWithItsImports) {
  ASSERT_NE(v1::SubmitReportRequest::descriptor(), nullptr);
  const Reflection reflection({"alcove.v1.IntakeService"});
  grpc::reflection::v1alpha::ServerReflectionRequest request;
  request.set_list_services("");
  const auto list = reflection.Answer(request);
  ASSERT_EQ(list.list_services_response().service_size(), 1);
  EXPECT_EQ(list.list_services_response().service(0).name(), "alcove.v1.IntakeService");

  request.set_file_containing_symbol("alcove.v1.IntakeService");
  const auto file = reflection.Answer(request);
  bool access = false;
  for (const std::string& bytes : file.file_descriptor_response().file_descriptor_proto()) {
    google::protobuf::FileDescriptorProto description;
    ASSERT_TRUE(description.ParseFromString(bytes));
    access = access || description.name() == "alcove/v1/access.proto";
  }
  EXPECT_TRUE(access);
  request.set_file_by_filename("no/such.proto");
  EXPECT_TRUE(reflection.Answer(request).has_error_response());
}

}  // namespace
}  // namespace alcove::app
