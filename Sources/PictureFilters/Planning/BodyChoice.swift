/// The body for a request, and why it was taken.
///
/// This is the one place where a body is chosen: of all that accept a request the cheapest, and of
/// two that cost the same the first in the list. All that accept yield the same bytes.
///
/// Costs are in taps: what one more weight adds to a direct pass of dot products, a sample of the
/// result. They are set so that two of them meet where the faster body changes.
package struct BodyChoice: Sendable {
  package let body: any FilterBody
  /// The candidate's name.
  package let name: String
  package let cost: Double
  /// Multiplications a result, near enough to tell minutes from years.
  let operations: Double
  /// Those that would have been cheaper or do not do such work, and why they refused.
  package let refused: [(name: String, why: BodyRefusal)]
  /// Those that cost more, from the cheapest; they were not asked whether they accept.
  package let dearer: [(name: String, cost: Double)]

  /// A way to do the work.
  package struct Candidate: Sendable {
    package var name: String
    /// In taps. Throws where the kind of work is another one.
    package var cost: @Sendable (BodyRequest, MicroKernels) throws(BodyRefusal) -> Double
    /// Sums are in 32 bits where 64 are wanted; they are widened.
    var widens = false
    /// It takes a block of columns at least; fewer are filled up.
    var takesBlocks = false
    /// Whether it runs without micro-kernels.
    var isPlain = false
    var make: @Sendable (BodyRequest, MicroKernels) throws(BodyRefusal) -> any FilterBody

    /// The body, if it does what is asked.
    package func body(_ request: BodyRequest, _ kernels: MicroKernels) throws(BodyRefusal)
      -> any FilterBody
    {
      _ = try cost(request, kernels)
      guard isPlain || !request.isExact || request.windowRows <= BodyChoice.highestWindow else {
        throw .windowTooLarge
      }
      let isWidened = widens && request.output == .int64
      var body = try make(isWidened ? request.with(output: .int32) : request, kernels)
      if takesBlocks { body = WholeBlocks(body, columns: ByteColumns.block) }
      return isWidened ? WidenedSums(body) : body
    }
  }

  /// Rows of a window up to which micro-kernels are used.
  private static let highestWindow = 1 << 20

  /// From the most special to the one that takes everything.
  package static let candidates: [Candidate] = [
    Candidate(
      name: "mirrored strips in fixed point", cost: fixedPoint, takesBlocks: true,
      make: { request, kernels throws(BodyRefusal) in
        try StripPasses(PassPair(formula: request), request, isMirrored: true, kernels: kernels)
      }),
    Candidate(
      name: "strips in fixed point", cost: fixedPoint, takesBlocks: true,
      make: { request, kernels throws(BodyRefusal) in
        try StripPasses(PassPair(formula: request), request, isMirrored: false, kernels: kernels)
      }),
    Candidate(
      name: "planes in fixed point", cost: fixedPoint, takesBlocks: true,
      make: { request, kernels throws(BodyRefusal) in
        PlanePasses(try PassPair(formula: request), request, kernels: kernels)
      }),
    Candidate(
      name: "passes in single precision", cost: singlePrecision,
      make: { request, kernels throws(BodyRefusal) in
        try SinglePasses(request, kernels: kernels)
      }),
    Candidate(
      name: "running sums in 16 bits", cost: box, widens: true,
      make: { request, kernels throws(BodyRefusal) in
        try BoxBody(request, narrow: true, kernels: kernels)
      }),
    Candidate(
      name: "running sums in 32 bits", cost: box, widens: true,
      make: { request, kernels throws(BodyRefusal) in
        try BoxBody(request, narrow: false, kernels: kernels)
      }),
    Candidate(
      name: "mirrored strips in 16 bits", cost: mirroredStrips, widens: true, takesBlocks: true,
      make: { request, kernels throws(BodyRefusal) in
        try StripPasses(PassPair(exact: request), request, isMirrored: true, kernels: kernels)
      }),
    Candidate(
      name: "strips in 16 bits", cost: strips, widens: true, takesBlocks: true,
      make: { request, kernels throws(BodyRefusal) in
        try StripPasses(PassPair(exact: request), request, isMirrored: false, kernels: kernels)
      }),
    Candidate(
      name: "planes in 16 bits", cost: passes, widens: true, takesBlocks: true,
      make: { request, kernels throws(BodyRefusal) in
        PlanePasses(try PassPair(exact: request), request, kernels: kernels)
      }),
    Candidate(
      name: "passes in 32 bits", cost: passes, widens: true,
      make: { request, kernels throws(BodyRefusal) in
        try WordPasses(request, kernels: kernels)
      }),
    Candidate(
      name: "pairs of taps in 16 bits", cost: pairs, widens: true,
      make: { request, kernels throws(BodyRefusal) in
        try NarrowCorrelation(request, kernels: kernels)
      }),
    Candidate(
      name: "dot products of 4 bytes", cost: dots, widens: true,
      make: { request, kernels throws(BodyRefusal) in
        try DotCorrelation(request, lane: 4, kernels: kernels)
      }),
    Candidate(
      name: "dot products of 2 words", cost: dots, widens: true,
      make: { request, kernels throws(BodyRefusal) in
        try DotCorrelation(request, lane: 2, kernels: kernels)
      }),
    Candidate(
      name: "dot products in parts", cost: parts,
      make: { request, kernels throws(BodyRefusal) in
        try SplitCorrelation(request, kernels: kernels)
      }),
    Candidate(
      name: "transforms", cost: transforms,
      make: { request, kernels throws(BodyRefusal) in
        try TransformCorrelation(request, kernels: kernels)
      }),
    Candidate(
      name: "passes in 64 bits", cost: longPasses,
      make: { request, kernels throws(BodyRefusal) in
        try LongPasses(request, kernels: kernels)
      }),
    Candidate(
      name: "plain passes in 64 bits", cost: plainPasses, isPlain: true,
      make: { request, _ throws(BodyRefusal) in
        try WidePasses(request)
      }),
    Candidate(
      name: "sums in 64 bits", cost: words,
      make: { request, kernels throws(BodyRefusal) in
        try WideCorrelation(request, kernels: kernels)
      }),
    Candidate(
      name: "one sum after the other", cost: oneByOne, isPlain: true,
      make: { request, _ throws(BodyRefusal) in
        try PlainCorrelation(request)
      }),
  ]

  package init(_ request: BodyRequest, kernels: MicroKernels = .current) {
    var refused: [(name: String, why: BodyRefusal)] = []
    var ranked: [(candidate: Candidate, cost: Double)] = []
    for candidate in Self.candidates {
      do throws(BodyRefusal) {
        let cost = try candidate.cost(request, kernels)
        // Behind all that cost no more: the list decides between equals.
        let place = ranked.firstIndex { $0.cost > cost } ?? ranked.endIndex
        ranked.insert((candidate, cost), at: place)
      } catch {
        refused.append((candidate.name, error))
      }
    }
    for (index, (candidate, cost)) in ranked.enumerated() {
      do throws(BodyRefusal) {
        body = try candidate.body(request, kernels)
        name = candidate.name
        self.cost = cost
        operations = min(request.operations, cost)
        self.refused = refused
        dearer = ranked[(index + 1)...].map { ($0.candidate.name, $0.cost) }
        return
      } catch {
        refused.append((candidate.name, error))
      }
    }
    preconditionFailure("the last candidate accepts every request")
  }

  /// The choice and why, a line each.
  package var reasons: [String] {
    func taps(_ cost: Double) -> String {
      cost == cost.rounded() ? "\(Int(cost))" : "\(cost)"
    }
    var lines = ["chosen: \(name), cost \(taps(cost))"]
    if !dearer.isEmpty {
      lines.append(
        "dearer: " + dearer.map { "\($0.name) \(taps($0.cost))" }.joined(separator: ", "))
    }
    var reasons: [BodyRefusal] = []
    for one in refused where !reasons.contains(one.why) { reasons.append(one.why) }
    let groups = reasons.map { why in
      refused.filter { $0.why == why }.map(\.name).joined(separator: ", ") + " (\(why))"
    }
    if !groups.isEmpty { lines.append("refused: " + groups.joined(separator: "; ")) }
    return lines
  }
}

// MARK: - Costs

extension BodyChoice {
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
