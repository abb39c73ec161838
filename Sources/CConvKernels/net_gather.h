// Sparse gradients: lists of (place, value) instead of a matrix that is mostly zeros.

BODY void gather_taps(const int T, const net_gather *p, ptrdiff_t list,
                      const float *source, float *sums) {
  vec sum[25];
  UNROLL for (int t = 0; t < T; t++) sum[t] = load(sums + p->sum_taps[t]);
  const float *at[25];
  UNROLL for (int t = 0; t < T; t++) at[t] = source + p->tap_offsets[t];
  const net_entry *e = p->entries + p->starts[list], *end = p->entries + p->ends[list];
  for (; e < end; e++) {
    const vec value = splat_float(e->value);
    UNROLL for (int t = 0; t < T; t++) sum[t] += value * load(at[t] + e->offset);
  }
  UNROLL for (int t = 0; t < T; t++) store(sums + p->sum_taps[t], sum[t]);
}

BODY void gather_lists(const int T, const net_gather *p) {
  for (ptrdiff_t block = 0; block < p->blocks; block++) {
    const float *source = p->source + block * p->source_block;
    float *sums = p->sums + block * p->sum_block;
    for (ptrdiff_t list = 0; list < p->lists; list++) {
      if (p->starts[list] == p->ends[list]) continue;
      gather_taps(T, p, list, source, sums + p->sum_lists[list]);
    }
  }
}

static void gather(const net_gather *p) {
  switch (p->taps) {
    case 1: gather_lists(1, p); break;
    case 9: gather_lists(9, p); break;
  }
}

static bool gathers(ptrdiff_t taps) { return taps == 1 || taps == 9; }

// Every entry is written; only those that are not 0 move the end of their lists.
static void list(const net_listing *p) {
  for (ptrdiff_t w = 0; w < p->windows; w++) {
    const float *g = p->g + w * p->channels;
    const uint8_t *choices = p->choices ? p->choices + w * p->channels : NULL;
    for (ptrdiff_t f = 0; f < p->channels; f++) {
      const float value = g[f];
      const int32_t position =
          p->positions[w] + (choices ? p->position_offsets[choices[f]] : 0);
      const int32_t kept = value != 0;
      if (p->by_channel) {
        p->by_channel[p->channel_ends[f]] = (net_entry){p->places[position], value};
        p->channel_ends[f] += kept;
      }
      if (p->by_position) {
        p->by_position[p->position_ends[position]] =
            (net_entry){(int32_t)f * p->channel_offset, value};
        p->position_ends[position] += kept;
      }
    }
  }
}

static void split(ptrdiff_t pixels, ptrdiff_t channels, const float *in, float *out,
                  ptrdiff_t block_pitch) {
  for (ptrdiff_t i = 0; i < pixels; i++) {
    float *to = out + i * LANES;
    for (ptrdiff_t c = 0; c < channels; c += LANES, to += block_pitch) {
      store(to, load(in + i * channels + c));
    }
  }
}

static void join(ptrdiff_t pixels, ptrdiff_t channels, const float *in,
                 ptrdiff_t block_pitch, float *out) {
  for (ptrdiff_t i = 0; i < pixels; i++) {
    const float *from = in + i * LANES;
    for (ptrdiff_t c = 0; c < channels; c += LANES, from += block_pitch) {
      store(out + i * channels + c, load(from));
    }
  }
}

static void quads(ptrdiff_t count, const float *in, ptrdiff_t right, ptrdiff_t below,
                  float *out) {
  for (ptrdiff_t i = 0; i < count; i++) {
    out[4 * i] = in[i];
    out[4 * i + 1] = in[i + right];
    out[4 * i + 2] = in[i + below];
    out[4 * i + 3] = in[i + below + right];
  }
}
