/// What finds a member of each window.
///
/// Costs are about multiplications a result.
extension RankRequest: CandidateRequest {
  package static let candidates: [BodyCandidate<RankRequest>] = [
    BodyCandidate(
      name: "sorted columns of 3",
      cost: { request, _ throws(BodyRefusal) in try median(request, side: 3) },
      make: { request, kernels in
        Median3(sampleStep: request.channels, input: request.input, kernels: kernels)
      }),
    BodyCandidate(
      name: "sorted columns of 5",
      cost: { request, _ throws(BodyRefusal) in try median(request, side: 5) },
      make: { request, kernels in
        Median5(sampleStep: request.channels, input: request.input, kernels: kernels)
      }),
    BodyCandidate(
      name: "running extremes",
      cost: { request, _ throws(BodyRefusal) in
        _ = try request.isMaximum()
        guard request.isRectangle, request.dilation.y == 1 else { throw .noRectangle }
        return 16
      },
      make: { request, kernels throws(BodyRefusal) in
        Extremum(
          maximum: try request.isMaximum(), rows: request.element.height,
          columns: request.element.width, sampleStep: request.dilation.x * request.channels,
          rowStride: request.rowStride, input: request.input, kernels: kernels)
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
      make: { request, kernels in
        ColumnCounts(
          rows: request.element.height, columns: request.element.width, rank: request.place,
          sampleStep: request.channels, kernels: kernels)
      }),
    BodyCandidate(
      name: "counts of levels",
      cost: { request, _ throws(BodyRefusal) in
        try request.checkIsPlain()
        let most = WindowCounts.mostSamples
        guard request.samples <= most else { throw .tooManySamples(most: most) }
        return 32 + 4 * Double(request.element.height)
      },
      operations: { $1 - 16 },
      make: { request, kernels in
        WindowCounts(
          rows: request.element.height, columns: request.element.width, rank: request.place,
          sampleStep: request.channels, input: request.input, kernels: kernels)
      }),
  ]

  @Sendable private static func median(_ request: RankRequest, side: Int) throws(BodyRefusal)
    -> Double
  {
    try request.checkIsPlain()
    guard request.element.width == side, request.element.height == side,
      request.place == side * side / 2
    else { throw .noMedian(side: side) }
    return 8
  }

  @Sendable private static func runs(_ request: RankRequest, _ kernels: MicroKernels)
    throws(BodyRefusal) -> MemberExtremum
  {
    guard !request.isRectangle else { throw .noShape }
    guard request.rowStride == 1 else { throw .rowsApart }
    return MemberExtremum(
      maximum: try request.isMaximum(), element: request.element, dilation: request.dilation,
      sampleStep: request.channels, input: request.input, kernels: kernels)
  }
}
