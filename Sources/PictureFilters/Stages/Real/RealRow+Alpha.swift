import ConvEngine

extension RealRow {
  /// Colours and alpha from sums of premultiplied samples.
  func divide(_ kernel: RealKernel, _ y: Int) {
    let correlation = kernel.correlation
    let channels = stage.output.color.channels
    // A kernel over several channels has one sum for all colours; alpha's follow the results.
    let lanes = correlation.windows.lanes
    var (lacks, alphas) = (sums + lanes - 1, sums + lanes - 2)
    var step = lanes
    if let alpha = kernel.alpha {
      let more = values + width * channels
      more.update(repeating: 0, count: width * alpha.windows.lanes)
      let first = stage.input.color.channels - 1
      alpha.add(
        y, lines: { self.lines.line($0) + first }, work: work, to: RealCorrelation.Sums(sum: more))
      (alphas, lacks, step) = (more, more + 1, alpha.windows.lanes)
    }
    let sign = correlation.total < 0 ? -1.0 : 1
    // What rounding may leave of weights of either sign that cancel.
    let noise = kernel.noise * stage.white
    // Floats are not cut: alpha beyond 0 to 1 weighs what it is, and one that is no number makes no number.
    let isFree = stage.output.sample == .float32 && !stage.clamps
    readOwn(y)
    for x in 0..<width {
      let inside = kernel.evens ? live[x] : correlation.total
      let alpha = alphas[x * step]
      let weight = isFree ? abs(alpha) : alpha * sign
      let counts = isFree ? !(weight <= noise) : weight > noise
      if let wanted { wanted[x] = lacks[x * step] != 0 }
      for channel in 0..<channels - 1 {
        values[x * channels + channel] =
          counts
          ? correlation.quotient(sums[x * lanes + channel], evening: correlation.total / alpha)
            + correlation.offset
          : ownColor(x, channel)
      }
      let opacity = counts && inside != 0 ? alpha / inside : 0
      values[x * channels + channels - 1] = isFree ? opacity : min(max(opacity, 0), stage.white)
    }
  }

  /// The pixel's own colour; the mean of its channels where the kernel sums over them.
  private func ownColor(_ x: Int, _ channel: Int) -> Double {
    let channels = stage.input.color.channels
    let pixel = own + stage.windows[0].horizontal.anchorSample(x) * channels
    guard stage.kernels[0].depth > 1 else { return pixel[channel] }
    return (0..<channels - 1).reduce(0) { $0 + pixel[$1] } / Double(channels - 1)
  }
}
