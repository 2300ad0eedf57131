/* A volume of the machine over a folder of the host (EXE-540): \Device\HarddiskVolume1, which \??\C: and, for its folder Windows, \SystemRoot
 * lead to. Nothing outside of the folder is reached. */
#ifndef WK_FS_H
#define WK_FS_H

/* After io_start. root: a path of the host; NULL: no volume. 0 or a negative wk_err: no such folder, or a Linux without openat2. */
int fs_start(const char *root);
void fs_stop(void); /* after the last file is gone */

#endif
