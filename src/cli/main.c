#include <stdio.h>

int main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    puts("wskit 0.1.0");
    return 0;
}
