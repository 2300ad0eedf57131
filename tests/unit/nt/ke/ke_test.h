/* The NT half of this test, in plain words. */
#ifndef KE_TEST_H
#define KE_TEST_H

int ke_test_start(unsigned cpus, int threaded);
int ke_test_stop(void);
int ke_test_irql(void);
int ke_test_event(void);
int ke_test_handover(void);
int ke_test_stack_event(void);
int ke_test_locks(void);
int ke_test_dpc(void);
int ke_test_timer(void);
int ke_test_many_timers(void);
int ke_test_ipi(void);
int ke_test_apc(void);
int ke_test_threads(void);
int ke_test_queue(void);
int ke_test_cost(double *set_clear, double *spin, double *raise);
void ke_test_failed(const char *what, int line);

#endif
