// Maxima over windows: bias and ReLU come after, they change no order.

BODY void maximum_block(const net_maximum *p, const float *in, ptrdiff_t c,
                        vec bias, float *out, uint8_t *choices) {
  vec best = load(in + c);
  ivec choice = {};
  int32_t index = 0;
  for (ptrdiff_t j = 0; j < p->height; j++) {
    for (ptrdiff_t i = 0; i < p->width; i++, index++) {
      vec value = load(in + j * p->row + i * p->column + c);
      ivec larger = value > best;
      best = pick(larger, value, best);
      choice = ((ivec){} + index & larger) | (choice & ~larger);
    }
  }
  best += bias;
  if (p->relu) best = positive(best);
  store(out + c, best);
  if (choices) *(bvec *)(choices + c) = __builtin_convertvector(choice, bvec);
}

static void maximum(const net_maximum *p) {
  const ptrdiff_t whole = p->channels / LANES * LANES;
  for (ptrdiff_t w = 0; w < p->windows; w++) {
    const float *in = p->input + w * p->step;
    float *out = p->output + w * p->channels;
    uint8_t *choices = p->choices ? p->choices + w * p->channels : NULL;
    for (ptrdiff_t c = 0; c < whole; c += LANES) {
      vec bias = p->bias ? load(p->bias + c) : (vec){};
      maximum_block(p, in, c, bias, out, choices);
    }
    for (ptrdiff_t c = whole; c < p->channels; c++) {
      float best = in[c];
      int choice = 0;
      for (ptrdiff_t j = 0; j < p->height; j++) {
        for (ptrdiff_t i = 0; i < p->width; i++) {
          float value = in[j * p->row + i * p->column + c];
          if (value > best) {
            best = value;
            choice = (int)(j * p->width + i);
          }
        }
      }
      if (p->bias) best += p->bias[c];
      if (p->relu && best < 0) best = 0;
      out[c] = best;
      if (choices) choices[c] = (uint8_t)choice;
    }
  }
}

// The way back of windows side by side: each gradient to the sample that was chosen, 0 to the others.
static void unpool(const net_unpool *p) {
  const ptrdiff_t whole = p->channels / LANES * LANES;
  for (ptrdiff_t w = 0; w < p->windows; w++) {
    const float *g = p->g + w * p->channels;
    const uint8_t *choices = p->choices + w * p->channels;
    float *out = p->out + w * p->width * p->channels;
    for (ptrdiff_t j = 0, index = 0; j < p->height; j++) {
      for (ptrdiff_t i = 0; i < p->width; i++, index++) {
        float *to = out + j * p->row + i * p->channels;
        for (ptrdiff_t c = 0; c < whole; c += LANES) {
          const ivec choice = __builtin_convertvector(*(const bvec *)(choices + c), ivec);
          store(to + c, pick(choice == (int32_t)index, load(g + c), (vec){}));
        }
        for (ptrdiff_t c = whole; c < p->channels; c++) to[c] = choices[c] == index ? g[c] : 0;
      }
    }
  }
}
