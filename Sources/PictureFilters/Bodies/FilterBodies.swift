/// Makes filter bodies: picks the fastest that gives the exact answer on this processor.
package enum FilterBodies {
  /// Dot products a sample, in lanes of four bytes, below which one pass beats two.
  private static let directTaps = 40

  /// `sum[x] = Σ weight · in[row][x + offset]`, exactly.
  ///
  /// - Parameters:
  ///   - taps: at least one, at different places; weights of 0 cost nothing.
  ///   - windowRows: rows of the window (above the largest `row`), default as the taps need.
  ///   - input: `.uint8` or `.uint16`.
  ///   - output: with a rounding `.uint8` or `.uint16`, without one `.int32` or `.int64`; sums must
  ///     fit it.
  package static func correlation(
    _ taps: [IntegerTap], windowRows: Int? = nil, rowStride: Int = 1, input: Element,
    output: Element, rounding: Rounding?, kernels: MicroKernels = .current
  ) -> any FilterBody {
    precondition((rounding == nil) == (output.top == nil), "pictures are rounded, sums are not")
    let rows = max(windowRows ?? 1, taps.reduce(0) { max($0, $1.row) } + 1)
    func onePass(_ output: Element) -> (any FilterBody)? {
      if let narrow = NarrowCorrelation(
        taps, windowRows: rows, rowStride: rowStride, input: input, output: output,
        rounding: rounding, kernels: kernels)
      {
        return narrow
      }
      return DotCorrelation(
        taps, windowRows: rows, rowStride: rowStride, input: input, output: output,
        rounding: rounding, kernels: kernels)
    }
    if output == .int64, let sums = onePass(.int32), let widened = WidenedSums(sums) {
      return widened
    }
    if let body = onePass(output) { return body }
    if let body = SplitCorrelation(
      taps, windowRows: rows, rowStride: rowStride, input: input, output: output,
      rounding: rounding, kernels: kernels)
    {
      return body
    }
    return WideCorrelation(
      kernels: kernels, taps: taps, windowRows: rows, rowStride: rowStride, input: input,
      output: output, rounding: rounding)
  }

  /// The correlation with `column[j] · row[i]`, exactly.
  ///
  /// - Parameters:
  ///   - rowStep: distance between taps of the column, in rows.
  ///   - sampleStep: distance between taps of the row, in samples (channels · dilation).
  package static func separable(
    column: [Int32], row: [Int32], rowStep: Int = 1, sampleStep: Int, rowStride: Int = 1,
    input: Element, output: Element, rounding: Rounding?, kernels: MicroKernels = .current
  ) -> any FilterBody {
    if output == .int64,
      let widened = WidenedSums(
        separable(
          column: column, row: row, rowStep: rowStep, sampleStep: sampleStep, rowStride: rowStride,
          input: input, output: .int32, rounding: nil, kernels: kernels))
    {
      return widened
    }
    if column.count * row.count >= directTaps {
      if let passes = TwoPasses(
        column: column, row: row, rowStep: rowStep, sampleStep: sampleStep, rowStride: rowStride,
        input: input, output: output, rounding: rounding, kernels: kernels)
      {
        return passes
      }
      if let passes = WordPasses(
        column: column, row: row, rowStep: rowStep, sampleStep: sampleStep, rowStride: rowStride,
        input: input, output: output, rounding: rounding, kernels: kernels)
      {
        return passes
      }
    }
    let taps = column.indices.flatMap { j in
      row.indices.map { i in
        IntegerTap(row: j * rowStep, offset: i * sampleStep, weight: column[j] * row[i])
      }
    }
    return correlation(
      taps, rowStride: rowStride, input: input, output: output, rounding: rounding,
      kernels: kernels)
  }

  /// The correlation with `column[j] · row[i]`, exactly, for factors whose sums need up to 64 bits.
  ///
  /// - Parameter output: with a rounding `.uint8` or `.uint16`, without one `.int64`.
  /// - Returns: nil where the factors are too wide for sums in doubles.
  package static func longSeparable(
    column: [Int], row: [Int], rowStep: Int = 1, sampleStep: Int, rowStride: Int = 1,
    input: Element, output: Element, rounding: Rounding?, kernels: MicroKernels = .current
  ) -> (any FilterBody)? {
    LongPasses(
      column: column, row: row, rowStep: rowStep, sampleStep: sampleStep, rowStride: rowStride,
      input: input, output: output, rounding: rounding, kernels: kernels)
  }

  /// A formula kernel on integer samples: `Σ column[j] · row[i] · in` to within one level.
  ///
  /// The exact definition is `FactorPlan`'s. The output has the type of the input, halves up.
  package static func fixedPoint(
    column: [Double], row: [Double], rowStep: Int = 1, sampleStep: Int, rowStride: Int = 1,
    input: Element, kernels: MicroKernels = .current
  ) -> any FilterBody {
    switch FactorPlan(column: column, row: row, input: input) {
    case .fixed(let factors):
      TwoPasses(
        factors, rowStep: rowStep, sampleStep: sampleStep, rowStride: rowStride, kernels: kernels)
    case .single(let factors):
      SinglePasses(
        kernels: kernels, factors: factors, rowStep: rowStep, sampleStep: sampleStep,
        rowStride: rowStride, input: input)
    }
  }

  /// The sum over a window of `rows` by `columns` samples, `sampleStep` apart.
  package static func box(
    rows: Int, columns: Int, rowStep: Int = 1, sampleStep: Int, rowStride: Int = 1,
    input: Element, output: Element, rounding: Rounding?, kernels: MicroKernels = .current
  ) -> any FilterBody {
    if output == .int64, rowStep == 1,
      let narrow = BoxBody(
        rows: rows, columns: columns, sampleStep: sampleStep, rowStride: rowStride, input: input,
        output: .int32, rounding: nil, kernels: kernels), let widened = WidenedSums(narrow)
    {
      return widened
    }
    if rowStep == 1, rows * columns > 9,
      let box = BoxBody(
        rows: rows, columns: columns, sampleStep: sampleStep, rowStride: rowStride, input: input,
        output: output, rounding: rounding, kernels: kernels)
    {
      return box
    }
    return separable(
      column: [Int32](repeating: 1, count: rows), row: [Int32](repeating: 1, count: columns),
      rowStep: rowStep, sampleStep: sampleStep, rowStride: rowStride, input: input, output: output,
      rounding: rounding, kernels: kernels)
  }

  /// The largest or smallest sample of a window of `rows` by `columns` samples.
  ///
  /// - Parameter input: `.uint8` or `.uint16`; the output is the same.
  package static func extremum(
    maximum: Bool, rows: Int, columns: Int, sampleStep: Int, rowStride: Int = 1, input: Element,
    kernels: MicroKernels = .current
  ) -> any FilterBody {
    Extremum(
      kernels: kernels, maximum: maximum, windowRows: rows, columns: columns,
      sampleStep: sampleStep, rowStride: rowStride, input: input)
  }
}
