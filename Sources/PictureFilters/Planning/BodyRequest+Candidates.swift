/// What runs the weighted sums of a kernel.
///
/// Costs are in taps: what one more weight adds to a direct pass of dot products, a sample of the
/// result. They are set so that two of them meet where the faster body changes.
extension BodyRequest: CandidateRequest {
  package static let candidates: [BodyCandidate<BodyRequest>] = [
    sums(
      "mirrored strips in fixed point", cost: BodyRequest.fixedPoint, takesBlocks: true,
      make: strips(PassPair.init(formula:), isMirrored: true)),
    sums(
      "strips in fixed point", cost: BodyRequest.fixedPoint, takesBlocks: true,
      make: strips(PassPair.init(formula:), isMirrored: false)),
    sums(
      "planes in fixed point", cost: BodyRequest.fixedPoint, takesBlocks: true,
      make: planes(PassPair.init(formula:))),
    sums(
      "passes in single precision", cost: BodyRequest.singlePrecision, make: SinglePasses.init),
    sums(
      "running sums in 16 bits", cost: BodyRequest.box, widens: true, make: box(narrow: true)),
    sums(
      "running sums in 32 bits", cost: BodyRequest.box, widens: true, make: box(narrow: false)),
    sums(
      "mirrored strips in 16 bits", cost: BodyRequest.mirroredStrips, widens: true,
      takesBlocks: true, make: strips(PassPair.init(exact:), isMirrored: true)),
    sums(
      "strips in 16 bits", cost: BodyRequest.plainStrips, widens: true, takesBlocks: true,
      make: strips(PassPair.init(exact:), isMirrored: false)),
    sums(
      "planes in 16 bits", cost: BodyRequest.passes, widens: true, takesBlocks: true,
      make: planes(PassPair.init(exact:))),
    sums("passes in 32 bits", cost: BodyRequest.passes, widens: true, make: WordPasses.init),
    sums("pairs of taps in 16 bits", cost: BodyRequest.pairs, make: pairs(.bytes)),
    sums("pairs of taps to words", cost: BodyRequest.pairs, make: pairs(.words)),
    sums("pairs of taps to 32 bits", cost: BodyRequest.pairs, widens: true, make: pairs(.sums)),
    sums("dot products of 4 bytes", cost: BodyRequest.dots, widens: true, make: dots(lane: 4)),
    sums("dot products of 2 words", cost: BodyRequest.dots, widens: true, make: dots(lane: 2)),
    sums("dot products in parts", cost: BodyRequest.parts, make: SplitCorrelation.init),
    sums(
      "transforms", cost: BodyRequest.transforms, operations: BodyRequest.transformed,
      make: TransformCorrelation.init),
    sums("passes in 64 bits", cost: BodyRequest.longPasses, make: LongPasses.init),
    sums(
      "plain passes in 64 bits", cost: BodyRequest.plainPasses, isPlain: true,
      make: { request, _ throws(BodyRefusal) in try WidePasses(request) }),
    sums("sums in 64 bits", cost: BodyRequest.words, make: WideCorrelation.init),
    sums(
      "one sum after the other", cost: BodyRequest.oneByOne, isPlain: true,
      make: { request, _ throws(BodyRefusal) in try PlainCorrelation(request) }),
  ]

  /// A candidate for sums.
  ///
  /// - Parameters:
  ///   - operations: multiplications a result, given the cost.
  ///   - widens: sums are in 32 bits where 64 are wanted; they are widened.
  ///   - takesBlocks: it takes a block of columns at least; fewer are filled up.
  ///   - isPlain: it runs without micro-kernels.
  private static func sums(
    _ name: String,
    cost: @escaping @Sendable (BodyRequest) -> (MicroKernels) throws(BodyRefusal) -> Double,
    operations: @escaping @Sendable (BodyRequest, Double) -> Double = { min($0.operations, $1) },
    widens: Bool = false, takesBlocks: Bool = false, isPlain: Bool = false, make: @escaping Make
  ) -> BodyCandidate<BodyRequest> {
    BodyCandidate(
      name: name,
      cost: { request, kernels throws(BodyRefusal) in try cost(request)(kernels) },
      operations: operations,
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

// MARK: - Bodies

extension BodyRequest {
  private typealias Make =
    @Sendable (BodyRequest, MicroKernels) throws(BodyRefusal) -> any FilterBody
  private typealias Pair = @Sendable (BodyRequest) throws(BodyRefusal) -> PassPair

  private static func strips(_ pair: @escaping Pair, isMirrored: Bool) -> Make {
    { request, kernels throws(BodyRefusal) in
      try StripPasses(pair(request), request, isMirrored: isMirrored, kernels: kernels)
    }
  }

  private static func planes(_ pair: @escaping Pair) -> Make {
    { request, kernels throws(BodyRefusal) in
      PlanePasses(try pair(request), request, kernels: kernels)
    }
  }

  private static func box(narrow: Bool) -> Make {
    { request, kernels throws(BodyRefusal) in
      try BoxBody(request, narrow: narrow, kernels: kernels)
    }
  }

  private static func pairs(_ fit: NarrowCorrelation.Fit) -> Make {
    { request, kernels throws(BodyRefusal) in
      try NarrowCorrelation(request, fit: fit, kernels: kernels)
    }
  }

  private static func dots(lane: Int) -> Make {
    { request, kernels throws(BodyRefusal) in
      try DotCorrelation(request, lane: lane, kernels: kernels)
    }
  }
}

// MARK: - Costs

extension BodyRequest {
  /// What it costs to lay rows into the lanes of dot products.
  ///
  /// Where few taps can be taken straight from rows of bytes, at twice the cost of a tap, lanes pay
  /// from the 13th tap on if they hold four bytes, else from the 33rd.
  private func lanes(_ kernels: MicroKernels) -> Double {
    if input != .uint8 || !kernels.hasNarrowRows { return 9.5 }
    return kernels.hasByteDots ? 12.5 : 32.5
  }

  private func pairs(_: MicroKernels) throws(BodyRefusal) -> Double { 2 * Double(try liveTaps()) }

  private func dots(_ kernels: MicroKernels) throws(BodyRefusal) -> Double {
    lanes(kernels) + Double(try liveTaps())
  }

  /// Short passes by strips: they pay from 25 taps on where four bytes are not multiplied at once, those
  /// of mirrored weights from 11.
  private func plainStrips(_ kernels: MicroKernels) throws(BodyRefusal) -> Double {
    min(try passes(kernels), 57.5)
  }

  private func mirroredStrips(_ kernels: MicroKernels) throws(BodyRefusal) -> Double {
    min(try passes(kernels), kernels.hasByteDots ? 52.5 : 42.5)
  }

  /// Two passes hardly depend on the window: they pay from 40 taps on.
  private func passes(_ kernels: MicroKernels) throws(BodyRefusal) -> Double {
    _ = try lengths()
    return lanes(kernels) + 40
  }

  /// Running sums do not depend on the window at all: they pay from 10 taps on, in sums of 64 bits
  /// from the second.
  private func box(_: MicroKernels) throws(BodyRefusal) -> Double {
    guard case .ones = weights, rowStep == 1 else { throw .noBox }
    return output == .int64 ? 3.5 : 19
  }

  /// Two or three direct passes and their sums in 64 bits.
  private func parts(_ kernels: MicroKernels) throws(BodyRefusal) -> Double {
    lanes(kernels) + 4 * Double(try liveTaps())
  }

  /// Transforms hardly depend on the number of taps: they pay from 20x20 on; where four bytes are multiplied at
  /// once, of bytes from 40x40 on, of words from 28x28.
  private func transforms(_ kernels: MicroKernels) throws(BodyRefusal) -> Double {
    let factor = !kernels.hasByteDots ? Self.tapsOfWork : input == .uint8 ? 58 : 30
    return (try TransformLayout(self).work * factor).rounded()
  }

  /// What their work is worth in taps that are multiplied one by one.
  private static let tapsOfWork = 15.0

  /// The same whatever a processor multiplies at once: what is refused as too much is refused everywhere.
  @Sendable private static func transformed(_ request: BodyRequest, _ cost: Double) -> Double {
    let work = (try? TransformLayout(request).work).map { ($0 * tapsOfWork).rounded() }
    return min(request.operations, work ?? cost)
  }

  /// A tap of either pass in doubles and 64 bits is worth 8 of a direct pass in 32.
  private func longPasses(_ kernels: MicroKernels) throws(BodyRefusal) -> Double {
    let (column, row) = try lengths()
    return lanes(kernels) + 8 * Double(column + row)
  }

  private func plainPasses(_ kernels: MicroKernels) throws(BodyRefusal) -> Double {
    4 * (try longPasses(kernels))
  }

  private func words(_ kernels: MicroKernels) throws(BodyRefusal) -> Double {
    4 * lanes(kernels) + 10 * Double(try liveTaps())
  }

  private func oneByOne(_ kernels: MicroKernels) throws(BodyRefusal) -> Double {
    3 * (try words(kernels))
  }

  private func fixedPoint(_ kernels: MicroKernels) throws(BodyRefusal) -> Double {
    guard case .formula = weights else { throw .notRoundedBetween }
    return lanes(kernels) + 40
  }

  private func singlePrecision(_ kernels: MicroKernels) throws(BodyRefusal) -> Double {
    guard case .formula(let plan) = weights else { throw .notRoundedBetween }
    return lanes(kernels) + 40 + 4 * Double(plan.counts.column + plan.counts.row)
  }
}
