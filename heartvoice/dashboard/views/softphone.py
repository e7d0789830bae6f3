from django.http import Http404


def softphone(request):
    raise Http404
