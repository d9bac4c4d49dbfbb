// Process 1 of the machine.
#pragma once

namespace ros::pid1 {

// In process 1: stage 1 while the root is an initramfs, else stage 2; does not return. Elsewhere
// nothing. Meant as the first initialiser of the program, so that the libraries of its other parts
// run no code in process 1; tests/process_one.py checks the order.
void become_process_one();

}  // namespace ros::pid1
