# The client against the real daemon: tests/client/run. Included by ros/CMakeLists.txt.
file(GLOB client_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.cc)
add_executable(client_tests ${client_sources})
target_include_directories(client_tests PRIVATE ${CMAKE_CURRENT_LIST_DIR}/..)
target_link_libraries(client_tests PRIVATE rooms GTest::gtest GTest::gtest_main)
add_test(NAME client
  COMMAND ${CMAKE_CURRENT_LIST_DIR}/run $<TARGET_FILE:client_tests> --gtest_brief=1)
set_tests_properties(client PROPERTIES LABELS "client;ci" TIMEOUT 600)
