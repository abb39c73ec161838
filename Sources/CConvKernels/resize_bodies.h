// One row brought to another length: sums of a few neighbouring pixels each, in single precision. A
// vector holds 16 bytes in every set, so that sums are made in the same order everywhere.

typedef float resize_quad __attribute__((vector_size(16)));

BODY resize_quad load_resize_quad(const float *from) {
  resize_quad value;
  memcpy(&value, from, sizeof value);
  return value;
}

BODY resize_quad splat_resize_quad(float value) {
  return (resize_quad){value, value, value, value};
}

// The sums of one pixel, before the lanes of equal channels are added.
BODY resize_quad resize_sum_f32(const float *in, const float *weights, size_t taps,
                                size_t channels) {
  resize_quad even = {}, odd = {};
  for (size_t tap = 0; tap < taps; tap += 4, weights += 4, in += 4 * channels) {
    if (channels == 1) {
      even = even + load_resize_quad(in) * load_resize_quad(weights);
    } else if (channels == 2) {
      resize_quad first = {weights[0], weights[0], weights[1], weights[1]};
      resize_quad second = {weights[2], weights[2], weights[3], weights[3]};
      even = even + load_resize_quad(in) * first;
      odd = odd + load_resize_quad(in + 4) * second;
    } else {
      even = even + load_resize_quad(in) * splat_resize_quad(weights[0]);
      odd = odd + load_resize_quad(in + channels) * splat_resize_quad(weights[1]);
      even = even + load_resize_quad(in + 2 * channels) * splat_resize_quad(weights[2]);
      odd = odd + load_resize_quad(in + 3 * channels) * splat_resize_quad(weights[3]);
    }
  }
  return even + odd;
}

BODY void resize_pixels_f32(const float *in, const int32_t *starts, const float *weights,
                            size_t taps, size_t channels, float *out, size_t count) {
  for (size_t x = 0; x < count; x++, out += channels) {
    resize_quad sum = resize_sum_f32(in + (size_t)starts[x] * channels, weights + x * taps, taps,
                                     channels);
    if (channels == 1) {
      out[0] = (sum[0] + sum[2]) + (sum[1] + sum[3]);
    } else if (channels == 2) {
      out[0] = sum[0] + sum[2];
      out[1] = sum[1] + sum[3];
    } else {
      memcpy(out, &sum, sizeof sum);
    }
  }
}

static void resize_row_f32(const float *in, const int32_t *starts, const float *weights,
                           size_t taps, size_t channels, float *out, size_t count) {
  switch (channels) {
    case 1: resize_pixels_f32(in, starts, weights, taps, 1, out, count); break;
    case 2: resize_pixels_f32(in, starts, weights, taps, 2, out, count); break;
    case 3: resize_pixels_f32(in, starts, weights, taps, 3, out, count); break;
    default: resize_pixels_f32(in, starts, weights, taps, 4, out, count); break;
  }
}
