/* What the machine asks of Winsock Kernel, in plain words: to be there for drivers that look for it through the Network Module Registrar. */
#ifndef WK_WSK_SERVICE_H
#define WK_WSK_SERVICE_H

int wsk_service_start(void);  /* after nt_start; 0 or a negative wk_err */
void wsk_service_stop(void);  /* before nt_stop, with no driver left; may block */

#endif
