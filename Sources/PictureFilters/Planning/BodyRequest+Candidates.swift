/// What runs the weighted sums of a kernel.
///
/// Costs are in taps: what one more weight adds to a direct pass of dot products, a sample of the
/// result. They are set so that two of them meet where the faster body changes.
extension BodyRequest: CandidateRequest {
  package static let candidates: [BodyCandidate<BodyRequest>] = [
    sums(
      "mirrored strips in fixed point", cost: fixedPoint, takesBlocks: true,
      make: { request, kernels throws(BodyRefusal) in
        try StripPasses(PassPair(formula: request), request, isMirrored: true, kernels: kernels)
      }),
    sums(
      "strips in fixed point", cost: fixedPoint, takesBlocks: true,
      make: { request, kernels throws(BodyRefusal) in
        try StripPasses(PassPair(formula: request), request, isMirrored: false, kernels: kernels)
      }),
    sums(
      "planes in fixed point", cost: fixedPoint, takesBlocks: true,
      make: { request, kernels throws(BodyRefusal) in
        PlanePasses(try PassPair(formula: request), request, kernels: kernels)
      }),
    sums(
      "passes in single precision", cost: singlePrecision,
      make: { request, kernels throws(BodyRefusal) in
        try SinglePasses(request, kernels: kernels)
      }),
    sums(
      "running sums in 16 bits", cost: box, widens: true,
      make: { request, kernels throws(BodyRefusal) in
        try BoxBody(request, narrow: true, kernels: kernels)
      }),
    sums(
      "running sums in 32 bits", cost: box, widens: true,
      make: { request, kernels throws(BodyRefusal) in
        try BoxBody(request, narrow: false, kernels: kernels)
      }),
    sums(
      "mirrored strips in 16 bits", cost: mirroredStrips, widens: true, takesBlocks: true,
      make: { request, kernels throws(BodyRefusal) in
        try StripPasses(PassPair(exact: request), request, isMirrored: true, kernels: kernels)
      }),
    sums(
      "strips in 16 bits", cost: strips, widens: true, takesBlocks: true,
      make: { request, kernels throws(BodyRefusal) in
        try StripPasses(PassPair(exact: request), request, isMirrored: false, kernels: kernels)
      }),
    sums(
      "planes in 16 bits", cost: passes, widens: true, takesBlocks: true,
      make: { request, kernels throws(BodyRefusal) in
        PlanePasses(try PassPair(exact: request), request, kernels: kernels)
      }),
    sums(
      "passes in 32 bits", cost: passes, widens: true,
      make: { request, kernels throws(BodyRefusal) in
        try WordPasses(request, kernels: kernels)
      }),
    sums(
      "pairs of taps in 16 bits", cost: pairs,
      make: { request, kernels throws(BodyRefusal) in
        try NarrowCorrelation(request, fit: .bytes, kernels: kernels)
      }),
    sums(
      "pairs of taps to words", cost: pairs,
      make: { request, kernels throws(BodyRefusal) in
        try NarrowCorrelation(request, fit: .words, kernels: kernels)
      }),
    sums(
      "pairs of taps to 32 bits", cost: pairs, widens: true,
      make: { request, kernels throws(BodyRefusal) in
        try NarrowCorrelation(request, fit: .sums, kernels: kernels)
      }),
    sums(
      "dot products of 4 bytes", cost: dots, widens: true,
      make: { request, kernels throws(BodyRefusal) in
        try DotCorrelation(request, lane: 4, kernels: kernels)
      }),
    sums(
      "dot products of 2 words", cost: dots, widens: true,
      make: { request, kernels throws(BodyRefusal) in
        try DotCorrelation(request, lane: 2, kernels: kernels)
      }),
    sums(
      "dot products in parts", cost: parts,
      make: { request, kernels throws(BodyRefusal) in
        try SplitCorrelation(request, kernels: kernels)
      }),
    sums(
      "transforms", cost: transforms,
      make: { request, kernels throws(BodyRefusal) in
        try TransformCorrelation(request, kernels: kernels)
      }),
    sums(
      "passes in 64 bits", cost: longPasses,
      make: { request, kernels throws(BodyRefusal) in
        try LongPasses(request, kernels: kernels)
      }),
    sums(
      "plain passes in 64 bits", cost: plainPasses, isPlain: true,
      make: { request, _ throws(BodyRefusal) in
        try WidePasses(request)
      }),
    sums(
      "sums in 64 bits", cost: words,
      make: { request, kernels throws(BodyRefusal) in
        try WideCorrelation(request, kernels: kernels)
      }),
    sums(
      "one sum after the other", cost: oneByOne, isPlain: true,
      make: { request, _ throws(BodyRefusal) in
        try PlainCorrelation(request)
      }),
  ]

  /// A candidate for sums.
  ///
  /// - Parameters:
  ///   - widens: sums are in 32 bits where 64 are wanted; they are widened.
  ///   - takesBlocks: it takes a block of columns at least; fewer are filled up.
  ///   - isPlain: it runs without micro-kernels.
  private static func sums(
    _ name: String,
    cost: @escaping @Sendable (BodyRequest, MicroKernels) throws(BodyRefusal) -> Double,
    widens: Bool = false, takesBlocks: Bool = false, isPlain: Bool = false,
    make: @escaping @Sendable (BodyRequest, MicroKernels) throws(BodyRefusal) -> any FilterBody
  ) -> BodyCandidate<BodyRequest> {
    BodyCandidate(
      name: name, cost: cost, operations: { min($0.operations, $1) },
      make: { request, kernels throws(BodyRefusal) in
        guard isPlain || !request.isExact || request.windowRows <= highestWindow else {
          throw .windowTooLarge
        }
        let isWidened = widens && request.output == .int64
        var body = try make(isWidened ? request.with(output: .int32) : request, kernels)
        if takesBlocks { body = WholeBlocks(body, columns: ByteColumns.block) }
        return isWidened ? WidenedSums(body) : body
      })
  }

  /// Rows of a window up to which micro-kernels are used.
  private static let highestWindow = 1 << 20
}

// MARK: - Costs

extension BodyRequest {
  /// What it costs to lay rows into the lanes of dot products.
  ///
  /// Where few taps can be taken straight from rows of bytes, at twice the cost of a tap, lanes pay
  /// from the 13th tap on if they hold four bytes, else from the 33rd.
  private static func lanes(_ request: BodyRequest, _ kernels: MicroKernels) -> Double {
    if request.input != .uint8 || !kernels.hasNarrowRows { return 9.5 }
    return kernels.hasByteDots ? 12.5 : 32.5
  }

  @Sendable private static func pairs(_ request: BodyRequest, _: MicroKernels)
    throws(BodyRefusal) -> Double
  { 2 * Double(try request.liveTaps()) }

  @Sendable private static func dots(_ request: BodyRequest, _ kernels: MicroKernels)
    throws(BodyRefusal) -> Double
  { lanes(request, kernels) + Double(try request.liveTaps()) }

  /// Short passes by strips: they pay from 25 taps on where four bytes are not multiplied at once, those
  /// of mirrored weights from 11.
  @Sendable private static func strips(_ request: BodyRequest, _ kernels: MicroKernels)
    throws(BodyRefusal) -> Double
  { min(try passes(request, kernels), 57.5) }

  @Sendable private static func mirroredStrips(_ request: BodyRequest, _ kernels: MicroKernels)
    throws(BodyRefusal) -> Double
  { min(try passes(request, kernels), kernels.hasByteDots ? 52.5 : 42.5) }

  /// Two passes hardly depend on the window: they pay from 40 taps on.
  @Sendable private static func passes(_ request: BodyRequest, _ kernels: MicroKernels)
    throws(BodyRefusal) -> Double
  {
    _ = try request.lengths()
    return lanes(request, kernels) + 40
  }

  /// Running sums do not depend on the window at all: they pay from 10 taps on, in sums of 64 bits
  /// from the second.
  @Sendable private static func box(_ request: BodyRequest, _: MicroKernels)
    throws(BodyRefusal) -> Double
  {
    guard case .ones = request.weights, request.rowStep == 1 else { throw .noBox }
    return request.output == .int64 ? 3.5 : 19
  }

  /// Two or three direct passes and their sums in 64 bits.
  @Sendable private static func parts(_ request: BodyRequest, _ kernels: MicroKernels)
    throws(BodyRefusal) -> Double
  { lanes(request, kernels) + 4 * Double(try request.liveTaps()) }

  /// Transforms hardly depend on the number of taps: they pay from 20x20 on, from 28x28 where four bytes
  /// are multiplied at once.
  @Sendable private static func transforms(_ request: BodyRequest, _ kernels: MicroKernels)
    throws(BodyRefusal) -> Double
  {
    let work = try TransformLayout(request).work
    return (work * (kernels.hasByteDots ? 30 : 15)).rounded()
  }

  /// A tap of either pass in doubles and 64 bits is worth 8 of a direct pass in 32.
  @Sendable private static func longPasses(_ request: BodyRequest, _ kernels: MicroKernels)
    throws(BodyRefusal) -> Double
  {
    let (column, row) = try request.lengths()
    return lanes(request, kernels) + 8 * Double(column + row)
  }

  @Sendable private static func plainPasses(_ request: BodyRequest, _ kernels: MicroKernels)
    throws(BodyRefusal) -> Double
  { 4 * (try longPasses(request, kernels)) }

  @Sendable private static func words(_ request: BodyRequest, _ kernels: MicroKernels)
    throws(BodyRefusal) -> Double
  { 4 * lanes(request, kernels) + 10 * Double(try request.liveTaps()) }

  @Sendable private static func oneByOne(_ request: BodyRequest, _ kernels: MicroKernels)
    throws(BodyRefusal) -> Double
  { 3 * (try words(request, kernels)) }

  @Sendable private static func fixedPoint(_ request: BodyRequest, _ kernels: MicroKernels)
    throws(BodyRefusal) -> Double
  {
    guard case .formula = request.weights else { throw .notRoundedBetween }
    return lanes(request, kernels) + 40
  }

  @Sendable private static func singlePrecision(_ request: BodyRequest, _ kernels: MicroKernels)
    throws(BodyRefusal) -> Double
  {
    guard case .formula(let plan) = request.weights else { throw .notRoundedBetween }
    return lanes(request, kernels) + 40 + 4 * Double(plan.counts.column + plan.counts.row)
  }
}
