/// What is asked for of one kernel and a picture: sums of windows or, of a wide Gaussian, what comes as near
/// to them as is promised without looking at all samples of each.
struct CorrelationRequest: Sendable {
  let windows: BodyRequest
  let gaussian: WideGaussian?
}

extension CorrelationRequest: CandidateRequest {
  enum Made: Sendable {
    case body(any FilterBody)
    case grid(WideGaussian)
    case samples(SampledPair)
  }

  static let candidates: [BodyCandidate<CorrelationRequest>] =
    [grid, samples] + BodyRequest.candidates.map { $0.lifted(\.windows, made: Made.body) }

  /// Passes in fixed point, where a picture goes by these, take as long at σ 5 without dot products of bytes as
  /// the grid, and at σ 12 with them: both ways give other levels here and there, so that no processor may
  /// choose for itself. With alpha, passes would be long ones.
  private static let grid = BodyCandidate<CorrelationRequest>(
    name: "a grid",
    cost: { request, _ throws(BodyRefusal) in
      let gaussian = try wide(request)
      let isSmall = gaussian.across + gaussian.down < 2 * sigmaOfPasses
      return isSmall && !gaussian.premultiplies ? 80 : 40
    },
    make: { request, _ throws(BodyRefusal) in .grid(try wide(request)) })

  /// Above, passes cost more than a grid.
  private static let sigmaOfPasses = 6.5

  private static func wide(_ request: CorrelationRequest) throws(BodyRefusal)
    -> WideGaussian
  {
    guard let gaussian = request.gaussian, gaussian.sample == .uint8 else { throw .noGaussian }
    return gaussian
  }

  /// Two samples that are added and weighed are worth two taps of passes in single precision and a little
  /// more: where all rows and columns are summed up, passes do it as well.
  private static let samples = BodyCandidate<CorrelationRequest>(
    name: "sums at some rows and columns",
    cost: { request, _ throws(BodyRefusal) in
      60 + (9 * (try sampled(request).work)).rounded()
    },
    make: { request, _ throws(BodyRefusal) in .samples(try sampled(request)) })

  private static func sampled(_ request: CorrelationRequest) throws(BodyRefusal) -> SampledPair {
    guard let gaussian = request.gaussian, gaussian.sample == .uint16 else {
      throw .noDeepGaussian
    }
    guard let pair = gaussian.sampled else { throw .notWithinLevel }
    return pair
  }
}
