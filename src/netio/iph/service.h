/* What the machine asks of IP Helper, in plain words: that its device be there for drivers that look for it. */
#ifndef WK_IPH_SERVICE_H
#define WK_IPH_SERVICE_H

int iph_service_start(void); /* after nt_start; 0 or a negative wk_err */

#endif
