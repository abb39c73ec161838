/// What finds a member of each window.
///
/// Costs are about multiplications a result.
extension RankRequest: CandidateRequest {
  package static let candidates: [BodyCandidate<RankRequest>] = [
    BodyCandidate(
      name: "sorted columns of 3",
      cost: { request, _ throws(BodyRefusal) in try median(request, side: 3) },
      make: { Median3($0, kernels: $1) }),
    BodyCandidate(
      name: "sorted columns of 5",
      cost: { request, _ throws(BodyRefusal) in try median(request, side: 5) },
      make: { Median5($0, kernels: $1) }),
    extremes("extremes of pairs of rows", .pairs, cost: 12),
    extremes("extremes of rows", .each, cost: 14),
    extremes("running extremes", .runs, cost: 16),
    BodyCandidate(
      name: "extremes of rectangles",
      cost: { request, kernels throws(BodyRefusal) in
        try JoinedExtremum(request, kernels: kernels).cost
      },
      make: { request, kernels throws(BodyRefusal) in
        try JoinedExtremum(request, kernels: kernels)
      }),
    BodyCandidate(
      name: "extremes of runs at once",
      cost: { request, kernels throws(BodyRefusal) in
        try checkHasShape(request)
        return try GatheredExtremum(request, kernels: kernels).cost
      },
      make: { request, kernels throws(BodyRefusal) in
        try GatheredExtremum(request, kernels: kernels)
      }),
    BodyCandidate(
      name: "extremes of runs",
      cost: { request, kernels throws(BodyRefusal) in try runs(request, kernels).operations },
      make: { request, kernels throws(BodyRefusal) in try runs(request, kernels) }),
    BodyCandidate(
      name: "counts of columns",
      cost: { request, _ throws(BodyRefusal) in
        try request.checkIsPlain()
        guard request.input == .uint8 else { throw .sampleType }
        let most = ColumnCounts.mostSamples
        guard request.samples <= most else { throw .tooManySamples(most: most) }
        return 32
      },
      make: { ColumnCounts($0, kernels: $1) }),
    BodyCandidate(
      name: "counts of levels",
      cost: { request, _ throws(BodyRefusal) in
        try request.checkAreNeighbours()
        let most = WindowCounts.mostSamples
        guard request.samples <= most else { throw .tooManySamples(most: most) }
        return 32 + 4 * Double(request.element.runs.count)
      },
      operations: { $1 - 16 },
      make: { WindowCounts($0, kernels: $1) }),
  ]

  private static func extremes(_ name: String, _ way: Extremum.Way, cost: Double)
    -> BodyCandidate<RankRequest>
  {
    BodyCandidate(
      name: name,
      cost: { request, _ throws(BodyRefusal) in
        _ = try request.isMaximum()
        guard request.isRectangle, request.dilation.y == 1 else { throw .noRectangle }
        if way == .runs { return cost }
        let most = Extremum.mostSources
        guard request.element.height <= most else { throw .tooManyRows(most: most) }
        if way == .each { return cost }
        guard request.rowStride == 1 else { throw .rowsApart }
        guard request.element.height > 1 else { throw .noSharedRows }
        return cost
      },
      operations: { _, _ in 16 },
      make: { request, kernels throws(BodyRefusal) in
        try Extremum(request, by: way, kernels: kernels)
      })
  }

  @Sendable private static func median(_ request: RankRequest, side: Int) throws(BodyRefusal)
    -> Double
  {
    try request.checkIsPlain()
    guard request.element.width == side, request.element.height == side,
      request.place == side * side / 2
    else { throw .noMedian(side: side) }
    return 8
  }

  private static func checkHasShape(_ request: RankRequest) throws(BodyRefusal) {
    guard !request.isRectangle else { throw .noShape }
    guard request.rowStride == 1 else { throw .rowsApart }
  }

  @Sendable private static func runs(_ request: RankRequest, _ kernels: MicroKernels)
    throws(BodyRefusal) -> MemberExtremum
  {
    try checkHasShape(request)
    return try MemberExtremum(request, kernels: kernels)
  }
}
