// The 13th of 25: what is left to do where columns are sorted, v[5 * rank + column]; in v[16].
//
// Each rank of the columns is sorted as far as it matters, then what may be the 13th is. Pairs were
// left out of such a network one by one while it still found the median of all 6^5 columns of zeros
// and ones (0-1 principle: Knuth, TAOCP 3, 5.3.4): 90 minima and maxima are left.
#define MEDIAN_NETWORK_5                                                                        \
  SORTED(v[1], v[4]); SORTED(v[0], v[2]); SORTED(v[0], v[1]); SORTED(v[2], v[4]);               \
  SORTED(v[1], v[2]); SORTED(v[3], v[4]); SORTED(v[2], v[3]); SORTED(v[5], v[8]);               \
  SORTED(v[6], v[9]); SORTED(v[6], v[8]); SORTED(v[5], v[6]); SORTED(v[7], v[9]);               \
  SORTED(v[6], v[7]); SORTED(v[8], v[9]); SORTED(v[7], v[8]); SORTED(v[10], v[13]);             \
  SORTED(v[11], v[14]); SORTED(v[10], v[12]); SORTED(v[11], v[13]); SORTED(v[10], v[11]);       \
  SORTED(v[12], v[14]); SORTED(v[11], v[12]); SORTED(v[13], v[14]); SORTED(v[12], v[13]);       \
  SORTED(v[15], v[18]); SORTED(v[16], v[19]); SORTED(v[15], v[17]); SORTED(v[16], v[18]);       \
  SORTED(v[15], v[16]); SORTED(v[17], v[19]); SORTED(v[16], v[17]); SORTED(v[17], v[18]);       \
  SORTED(v[20], v[23]); SORTED(v[21], v[24]); SORTED(v[20], v[22]); SORTED(v[21], v[23]);       \
  SORTED(v[20], v[21]); SORTED(v[22], v[24]); SORTED(v[21], v[22]); SORTED(v[3], v[11]);        \
  SORTED(v[15], v[7]); SORTED(v[8], v[4]); SORTED(v[16], v[20]); SORTED(v[13], v[21]);          \
  SORTED(v[11], v[7]); SORTED(v[8], v[16]); SORTED(v[4], v[20]); SORTED(v[12], v[13]);          \
  SORTED(v[12], v[9]); SORTED(v[7], v[4]); SORTED(v[13], v[9]); SORTED(v[4], v[16]);            \
  SORTED(v[17], v[13]); SORTED(v[4], v[17]); SORTED(v[7], v[4]); SORTED(v[16], v[12]);          \
  SORTED(v[4], v[16])
