// Ends what set_begin.h began.
#if defined(CONV_TARGET)
#pragma clang attribute pop
#endif
